import { readFileSync } from 'node:fs';
import { parseDocument, YAMLError } from 'yaml';
import { StartError } from '../start-error.js';
import { ServerSettings } from './server-settings.js';

/**
 * Reads the members of a YAML file. An empty file has none.
 * @throws StartError when there is no such file, when it is not YAML (naming the line), or when it is no mapping.
 */
export function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  const content = parse(file, readText(file));
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    const known = Object.keys(new ServerSettings()).join(', ');
    throw new StartError([`${file}: must be a mapping of settings (${known})`]);
  }
  return content as Readonly<Record<string, unknown>>;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const reason = REASONS[code] ?? `cannot be read (${code})`;
    throw new StartError([`The configuration file ${file} ${reason}. Name a YAML file with --config.`], {
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory',
  EACCES: 'may not be read by this user',
};

function parse(file: string, text: string): unknown {
  // JSON's types and no others: a set, or a tag that nothing knows, would be taken for settings that it is not.
  const document = parseDocument(text, { resolveKnownTags: false, logLevel: 'error' });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) throw new StartError([`${placeOf(file, error)}: ${firstLine(error)}`], { cause: error });
  try {
    const content: unknown = document.toJS();
    // An alias within its own anchor would be settings without an end.
    JSON.stringify(content);
    return content;
  } catch (cause) {
    // An alias of nothing, of itself, or more aliases than a settings file has reason for.
    throw new StartError([`${file}: ${firstLine(cause)}`], { cause });
  }
}

function placeOf(file: string, error: YAMLError): string {
  const start = error.linePos?.[0];
  return start === undefined ? file : `${file}:${start.line}:${start.col}`;
}

/** The messages go on with the place, which is said already, and a drawing of it. */
function firstLine(error: unknown): string {
  if (error instanceof YAMLError && error.code === 'MULTIPLE_DOCS')
    return 'must be one YAML document, there are several';
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}
