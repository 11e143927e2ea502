import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from './command.js';
import { ServerProcess } from './server-process.js';

// Many programs one after another, on machines that are busy with other tests.
jest.setTimeout(120_000);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GUIDE = readFileSync(`${ROOT}docs/guides/administration-command.md`, 'utf8');

interface Shown {
  readonly command: string;
  readonly output: string | undefined;
}

/** Everything that the guide runs, in its order: a line each, some with the output that it shows. */
const COMMANDS: readonly Shown[] = [...GUIDE.matchAll(/^```(sh)?\n([^]*?)^```$/gm)].flatMap<Shown>(
  ([, isScript, block]) => {
    if (isScript !== undefined)
      return block!
        .trim()
        .split('\n')
        .map((command) => ({ command, output: undefined }));
    const [, command = '', output = ''] = /^\$ (.*)\n([^]*)$/.exec(block!) ?? [];
    return [{ command, output }];
  },
);

let server: ServerProcess;
let directory: string;

beforeAll(async () => {
  server = await ServerProcess.start();
  directory = mkdtempSync(join(tmpdir(), 'guide-'));
});

afterAll(async () => {
  await server.kill();
  rmSync(directory, { recursive: true });
});

it('ADC-9, ADC-30, ADC-31: the guide’s commands do what it says', async () => {
  expect(COMMANDS.length).toBeGreaterThan(25);
  let exported = '';
  for (const { command, output } of COMMANDS) {
    const here = command
      .replace('http://127.0.0.1:8080', server.httpUrl)
      .replace('npx device-messaging', `${ROOT}node_modules/.bin/device-messaging`)
      .replace(' packages/server/', ` ${ROOT}packages/server/`);
    if (here.startsWith('export ')) exported += `${here}\n`;
    const environment = { XDG_CONFIG_HOME: directory, DEVICE_MESSAGING_PASSWORD: 'tenant' };
    const isLogin = here.includes(' login ');
    const { code, stdout, stderr } = await new Command(
      '/bin/sh',
      ['-c', `cd ${directory}\n${isLogin ? '' : exported}${here}`],
      { environment: isLogin ? environment : { XDG_CONFIG_HOME: directory } },
    ).end;
    // Nobody plays the pump.
    const isCall = here.includes(' devices call ');
    expect([command, code, stderr]).toEqual([
      command,
      isCall ? 1 : 0,
      isCall ? 'No active connection to the remote device!\n' : expect.not.stringContaining('rror'),
    ]);
    if (output !== undefined) expect(stdout).toBe(output);
  }
});
