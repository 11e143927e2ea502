import { readFileSync } from 'node:fs';
import { EXIT_USAGE, ExitError } from '../../command-line/exit-error.js';
import { readJson } from '../../command-line/json-argument.js';
import type { Row } from '../api/admin-client.js';

/**
 * A row in a file, or on standard input when it is `-`. Its id, which `get` prints, is not of its description.
 * @throws ExitError when there is none
 */
export async function readDocument(file: string): Promise<Row> {
  const text = file === '-' ? await readJson('row', '-') : readFile(file);
  const value = parse(file, text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ExitError(EXIT_USAGE, `${file} holds no JSON object.`);
  }
  const { id: _id, ...row } = value as Row;
  return row;
}

/** JSON text that is an option: itself, `@<file>`, or `-` for standard input. */
export async function readJsonOption(what: string, text: string): Promise<unknown> {
  if (!text.startsWith('@')) return JSON.parse(await readJson(what, text));
  const file = text.slice(1);
  return parse(file, readFile(file));
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ExitError(EXIT_USAGE, `${file} cannot be read: ${(error as Error).message}`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ExitError(EXIT_USAGE, `${file} is not JSON: ${(error as Error).message}`);
  }
}
