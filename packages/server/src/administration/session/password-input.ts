import type { ReadStream } from 'node:tty';
import { text } from 'node:stream/consumers';
import { EXIT_USAGE, ExitError } from '../../command-line/exit-error.js';

/** A password that a command needs. */
export interface WantedPassword {
  /** What is asked at a terminal: `Password`. */
  readonly prompt: string;
  /** Variable of the environment that may hold it. */
  readonly variable: string;
  /** Whether it is asked twice: nobody has proven yet to know it. */
  readonly isNew?: boolean;
}

/** Where passwords come from. */
export interface PasswordSources {
  readonly environment: NodeJS.ProcessEnv;
  readonly input: NodeJS.ReadStream;
  /** For prompts. */
  readonly output: NodeJS.WritableStream;
}

/** What arrow keys, and terminals that mark what is pasted, send: of no password. */
const KEY_SEQUENCES = /\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/g;

const OF_PROCESS: PasswordSources = { environment: process.env, input: process.stdin, output: process.stderr };

/**
 * Reads passwords, never from arguments: everybody on a machine can read those. From standard input when that is asked
 * for, a line each; else from the environment; else from the person at the terminal, unseen.
 * @throws ExitError saying how they can be given
 */
export async function readPasswords(
  wanted: readonly WantedPassword[],
  fromInput: boolean,
  sources: PasswordSources = OF_PROCESS,
): Promise<readonly string[]> {
  if (fromInput) return linesOf(await text(sources.input), wanted.length);
  const passwords: string[] = [];
  for (const one of wanted) passwords.push(await readOne(one, sources));
  return passwords;
}

/** Reads a secret that is no password from standard input. @param what for people: `the access token` */
export async function readInputLine(what: string): Promise<string> {
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
  if (line === '') throw new ExitError(EXIT_USAGE, `Standard input is empty where ${what} should be.`);
  return line;
}

function linesOf(input: string, count: number): readonly string[] {
  const lines = input.split(/\r?\n/).slice(0, count);
  if (lines.length === count && lines.every((line) => line !== '')) return lines;
  const wanted = count === 1 ? 'the password' : `${count} passwords, a line each,`;
  throw new ExitError(EXIT_USAGE, `Standard input is empty where ${wanted} should be.`);
}

async function readOne({ prompt, variable, isNew = false }: WantedPassword, sources: PasswordSources): Promise<string> {
  const { environment, input, output } = sources;
  const given = environment[variable] ?? '';
  if (given !== '') return given;
  if (!input.isTTY) {
    const ways = `--password-stdin, or set ${variable}`;
    throw new ExitError(EXIT_USAGE, `There is no terminal to ask for the password: give it by ${ways}.`);
  }
  const password = await ask(`${prompt}: `, input, output);
  if (password === '') throw new ExitError(EXIT_USAGE, 'An empty password is none.');
  if (isNew && (await ask(`${prompt} again: `, input, output)) !== password) {
    throw new ExitError(EXIT_USAGE, 'The two are not the same.');
  }
  return password;
}

/** Asks without showing what is typed. */
function ask(prompt: string, input: ReadStream, output: NodeJS.WritableStream): Promise<string> {
  output.write(prompt);
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = (settle: () => void): void => {
      input.off('data', read);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
      settle();
    };
    const read = (piece: string): void => {
      for (const character of piece.replace(KEY_SEQUENCES, '')) {
        if (character === '\r' || character === '\n' || character === '\u0004') return end(() => resolve(typed));
        if (character === '\u0003') return end(() => reject(new ExitError(EXIT_USAGE, 'Nothing was done.')));
        if (character === '\u007f' || character === '\b') typed = Array.from(typed).slice(0, -1).join('');
        else typed += character;
      }
    };
    input.setEncoding('utf8');
    input.setRawMode(true);
    input.on('data', read);
    input.resume();
  });
}
