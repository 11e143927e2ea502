import { buffer } from 'node:stream/consumers';
import { EXIT_USAGE, ExitError } from './exit-error.js';

/**
 * JSON text that somebody typed, or that comes on standard input when it is `-`: it goes out byte for byte but for the
 * white space around it.
 * @param what the argument's name, for people
 */
export async function readJson(what: string, text: string): Promise<string> {
  const json = (text === '-' ? await readInput(what) : text).trim();
  try {
    JSON.parse(json);
    return json;
  } catch {
    throw new ExitError(EXIT_USAGE, `The ${what} is not JSON: ${shown(json)}. ${hint(json)}`);
  }
}

async function readInput(what: string): Promise<string> {
  const bytes = await buffer(process.stdin);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ExitError(EXIT_USAGE, `The ${what} on standard input is not UTF-8.`);
  }
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 60)}…`;
}

/** Most bodies that are not JSON lost their quotes to the shell, or never had any. */
function hint(text: string): string {
  if (text === '') return 'Give null if there is nothing to say.';
  if (/^[{[]/.test(text)) return `Shells take quotes away: put the whole in single ones, '{"param1":"value1"}'.`;
  return `A text needs quotes of its own inside those of the shell: '"…"'.`;
}
