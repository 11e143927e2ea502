import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { readPasswords, type PasswordSources, type WantedPassword } from './password-input.js';

const CURRENT: WantedPassword = { prompt: 'Password', variable: 'PASSWORD' };
const NEW: WantedPassword = { prompt: 'New password', variable: 'NEW_PASSWORD', isNew: true };

/** A terminal at which somebody answers each prompt with the next of these keys. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly rawModes: boolean[] = [];
  readonly output = new PassThrough({ encoding: 'utf8' });
  shown = '';

  constructor(...answers: string[]) {
    super();
    this.output.on('data', (text: string) => {
      this.shown += text;
      const answer = text.endsWith(': ') ? answers.shift() : undefined;
      if (answer !== undefined) this.write(answer);
    });
  }

  setRawMode(isRaw: boolean): this {
    this.rawModes.push(isRaw);
    return this;
  }

  sources(environment: NodeJS.ProcessEnv = {}): PasswordSources {
    return { environment, input: this as unknown as NodeJS.ReadStream, output: this.output };
  }
}

/** Standard input that is a file or a pipe. */
function pipe(text: string, environment: NodeJS.ProcessEnv = {}): PasswordSources {
  const input = new PassThrough();
  input.end(text);
  return { environment, input: input as unknown as NodeJS.ReadStream, output: new PassThrough() };
}

describe('passwords', () => {
  it('ADC-2: come from standard input, a line each, blanks and all', async () => {
    expect(await readPasswords([CURRENT], true, pipe(' päss wörd \n'))).toEqual([' päss wörd ']);
    expect(await readPasswords([CURRENT, NEW], true, pipe('one\r\ntwo'))).toEqual(['one', 'two']);
  });

  it.each([
    ['', [CURRENT], 'Standard input is empty where the password should be.'],
    ['one\n', [CURRENT, NEW], 'Standard input is empty where 2 passwords, a line each, should be.'],
  ])('ADC-32: %j on standard input is refused', async (text, wanted, message) => {
    await expect(readPasswords(wanted, true, pipe(text))).rejects.toMatchObject({ exitCode: 2, message });
  });

  it('ADC-2: come from the environment', async () => {
    const environment = { PASSWORD: 'one', NEW_PASSWORD: 'two' };
    expect(await readPasswords([CURRENT, NEW], false, pipe('', environment))).toEqual(['one', 'two']);
  });

  it('ADC-2: are asked for at a terminal without being shown', async () => {
    const terminal = new Terminal('secretx\u007f\u001b[A', '\r');
    const asked = readPasswords([CURRENT], false, terminal.sources());
    terminal.write('\r');
    expect(await asked).toEqual(['secret']);
    expect([terminal.shown, terminal.rawModes]).toEqual(['Password: \n', [true, false]]);
  });

  it('ADC-2: are asked for twice when they are new', async () => {
    const same = new Terminal('secret\r', 'secret\n');
    expect(await readPasswords([NEW], false, same.sources())).toEqual(['secret']);
    expect(same.shown).toBe('New password: \nNew password again: \n');
    const other = new Terminal('secret\r', 'secert\r');
    await expect(readPasswords([NEW], false, other.sources())).rejects.toThrow('The two are not the same.');
    expect(other.rawModes).toEqual([true, false, true, false]);
  });

  it.each([
    ['Ctrl-C', 'sec\u0003', 'Nothing was done.'],
    ['Return alone', '\r', 'An empty password is none.'],
  ])('%s gives the terminal back and does nothing', async (_key, keys, message) => {
    const terminal = new Terminal(keys);
    await expect(readPasswords([CURRENT], false, terminal.sources())).rejects.toMatchObject({ exitCode: 2, message });
    expect(terminal.rawModes).toEqual([true, false]);
  });

  it('ADC-32: without a terminal it is said how they can be given', async () => {
    await expect(readPasswords([CURRENT], false, pipe('secret\n'))).rejects.toMatchObject({
      exitCode: 2,
      message: 'There is no terminal to ask for the password: give it by --password-stdin, or set PASSWORD.',
    });
  });
});
