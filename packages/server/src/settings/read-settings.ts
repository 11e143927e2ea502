import { ConfigurationError, readConfiguration, type ConfigurationProblem } from '@device-messaging/host-api';
import { StartError } from '../start-error.js';
import { readConfigFile } from './config-file.js';
import { readEnvironment, type EnvironmentSetting } from './environment.js';
import { ServerSettings } from './server-settings.js';

/** Where settings come from. */
export interface SettingsSources {
  readonly environment: NodeJS.ProcessEnv;
  /** Path of a YAML file. */
  readonly configFile?: string | undefined;
  /** The demo account has public tokens: unless told otherwise, its server is heard on this machine alone. */
  readonly demo: boolean;
}

type Members = Record<string, unknown>;

/**
 * The settings: the environment before the file, the file before the defaults. The result is frozen.
 * @throws StartError with one line for each problem, naming the setting and where its value comes from.
 */
export function readSettings({ environment, configFile, demo }: SettingsSources): ServerSettings {
  const variables = readEnvironment(environment);
  const members: Members = demo ? onThisMachine() : {};
  if (configFile !== undefined) merge(members, readConfigFile(configFile));
  for (const { path, value } of variables) put(members, path.split('.'), value);
  try {
    return readConfiguration(ServerSettings, members);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new StartError(linesOf(error.problems, variables, configFile), { cause: error });
  }
}

function onThisMachine(): Members {
  return Object.fromEntries(['mqtt', 'http', 'coap'].map((section) => [section, { bindAddress: '127.0.0.1' }]));
}

function merge(into: Members, from: Readonly<Members>): void {
  for (const [member, value] of Object.entries(from)) {
    const known = Object.hasOwn(into, member) ? into[member] : undefined;
    if (isMembers(known) && isMembers(value)) merge(known, value);
    else into[member] = value;
  }
}

/** A section that is no mapping stays as it is, and is refused for that. */
function put(members: Members, [member = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    members[member] = value;
    return;
  }
  if (!Object.hasOwn(members, member)) members[member] = {};
  const section = members[member];
  if (isMembers(section)) put(section, rest, value);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function linesOf(
  problems: readonly ConfigurationProblem[],
  variables: readonly EnvironmentSetting[],
  configFile: string | undefined,
): readonly string[] {
  const lines = new Map<string, string>();
  for (const { path, message } of problems) {
    // A value that breaks two rules is one problem, and so is a section with all that is in it.
    if ([...lines.keys()].some((known) => path === known || path.startsWith(`${known}.`))) continue;
    const source = variables.find((variable) => variable.path === path)?.variable ?? configFile;
    lines.set(path, source === undefined ? `${path}: ${message}` : `${path} (${source}): ${message}`);
  }
  return [...lines.values()];
}
