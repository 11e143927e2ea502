import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, type CommandEnd } from './command.js';
import { DATABASES, START_TIMEOUT_MS } from './databases.js';
import { describeWithPrograms } from './programs-installed.js';
import { ServerProcess } from './server-process.js';

const PROGRAM = 'node_modules/.bin/device-messaging';
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const WALK = README.split("## A newcomer's walk\n")[1]!.split('\n## ')[0]!;

/** What the walk shows: blocks of commands, a line each. */
const [start, asSystem, asTenant, listen, send, onPostgres, curl, ...others] = [
  ...WALK.matchAll(/^```(?:sh)?\n([^]*?)^```$/gm),
].map(([, block]) => block!);

const TYPED = { system: '', tenant: 'typed-by-a-newcomer' };
const WALK_TIMEOUT_MS = 120_000;

it('ADC-41: the walk shows seven blocks, of which these start the server', () => {
  expect([start, onPostgres, curl?.split('\n')[0], others]).toEqual([
    'DATA_DIR=data/acme npx device-messaging start\n',
    'DATABASE_URL=postgres://user:password@127.0.0.1:5432/acme npx device-messaging start\n',
    'URL=http://127.0.0.1:8080',
    [],
  ]);
});

describe.each(DATABASES)('the newcomer’s walk on %s', (_name, databases) => {
  let environment: Readonly<Record<string, string>>;
  let server: ServerProcess;
  let home: string;
  const running: Command[] = [];

  beforeAll(() => databases.start(), START_TIMEOUT_MS);
  afterAll(() => databases.stop());

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'newcomer-'));
    environment = await databases.create();
    server = await ServerProcess.start({ args: [], environment });
    TYPED.system = /with the password (\S+)/.exec(server.stdout)![1]!;
  });

  afterEach(async () => {
    for (const command of running.splice(0)) await command.interrupt('SIGKILL');
    await server.kill();
    rmSync(home, { recursive: true });
  });

  /** Runs what the README shows, at this server's ports, as somebody who types these passwords when asked. */
  function run(shown: string, password = '', newPassword = ''): Command {
    const here = shown
      .replaceAll('http://127.0.0.1:8080', server.httpUrl)
      // What npx finds. The last program of a line takes the place of the shell: signals are for it.
      .replace(/npx device-messaging(?= device )/, `exec ${PROGRAM}`)
      .replaceAll('npx device-messaging', PROGRAM);
    const command = new Command('/bin/sh', ['-ec', here], {
      environment: {
        XDG_CONFIG_HOME: home,
        DEVICE_URL: server.mqttUrl,
        // A session wants none.
        ...(shown.includes(' login ') ? { DEVICE_MESSAGING_PASSWORD: password } : {}),
        DEVICE_MESSAGING_NEW_PASSWORD: newPassword,
        PASSWORD: password,
      },
    });
    running.push(command);
    return command;
  }

  async function runLines(block: string, password: string, newPassword = ''): Promise<void> {
    for (const line of block.trim().split('\n')) {
      const { code, stderr } = await run(line, password, newPassword).end;
      expect([line, code, stderr]).toEqual([
        line,
        0,
        line.includes(' login ') ? expect.stringContaining('Logged in') : '',
      ]);
    }
  }

  /** The switch calls the lamp, as the README shows it. */
  async function talk(): Promise<void> {
    const lamp = run(listen!);
    await lamp.untilPrinted('Listening', 'stderr');
    const [, command = '', reply = ''] = /^\$ (.*)\n([^]*)$/.exec(send!) ?? [];
    expect(await run(command).end).toMatchObject({ code: 0, stdout: reply, stderr: '' });
    await lamp.untilPrinted('\n');
    const [, shown = ''] = /has printed `(.*)`/.exec(WALK) ?? [];
    expect(lamp.stdout.replace(/"id":\d+/, '"id":1')).toBe(`${shown}\n`);
    expect((await lamp.interrupt()).code).toBe(0);
  }

  it(
    'ADC-41: works as it is written, and once more after a restart',
    async () => {
      await runLines(asSystem!, TYPED.system, TYPED.tenant);
      await runLines(asTenant!, TYPED.tenant);
      await talk();
      const port = server.httpPort;
      await server.stop();
      server = await ServerProcess.start({ args: [], environment: { ...environment, HTTP_BIND_PORT: String(port) } });
      expect(server.stdout).not.toContain('with the password');
      // Whoever was logged in still is.
      await talk();
    },
    WALK_TIMEOUT_MS,
  );

  describeWithPrograms(['curl'], 'by curl', () => {
    it('ADC-41: works as it is written', async () => {
      const { code, stdout }: CommandEnd = await run(curl!, TYPED.system).end;
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/\{"id":\d+,"method":"onMsg","params":\{"light":true\}\}/),
      ]);
      expect(stdout).not.toContain('"status":4');
    });
  });
});
