import { readFileSync } from 'node:fs';
import { parseDocument, YAMLError } from 'yaml';
import { StartError } from '../start-error.js';

/**
 * Reads the members of a YAML file. An empty file has none.
 * @throws StartError when there is no such file, when it is not YAML (naming the line), or when it is no mapping.
 */
export function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  const content = parse(file, readText(file));
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new StartError([`${file}: must be a mapping of settings (mqtt, http, host, dataDir, logLevel)`]);
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
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new StartError([`${placeOf(file, error)}: ${firstLine(error)}`], { cause: error });
  try {
    return document.toJS();
  } catch (cause) {
    // An alias of nothing, or more aliases than a settings file has reason for.
    throw new StartError([`${file}: ${cause instanceof Error ? cause.message : String(cause)}`], { cause });
  }
}

function placeOf(file: string, error: YAMLError): string {
  const start = error.linePos?.[0];
  return start === undefined ? file : `${file}:${start.line}:${start.col}`;
}

/** The parser's messages go on with the place, which is said already, and a drawing of it. */
function firstLine(error: YAMLError): string {
  return (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}
