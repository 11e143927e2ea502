import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { TestCertificate } from '@device-messaging/testkit';
import { Command, type CommandEnd, type CommandOptions } from './command.js';
import { A1, A2, A3, B1 } from './demo-account.js';
import { ServerProcess } from './server-process.js';
import { TlsFolder } from './tls-files.js';
import { idIn, transcriptsOf, withId, type Transcript } from './transcripts.js';

const PROGRAM = 'node_modules/.bin/device-messaging';
const DEVICES_OF_A1 = `[{"id":"${A2.id}","name":"Test Device A2"},{"id":"${A3.id}","name":"Test Device A3"}]\n`;
const EXACT = '{"b": 1.10, "a":12345678901234567890, "a":-0}';

const GUIDE = new URL('../../docs/guides/device-command.md', import.meta.url);
const DEMO_TENANT = 'cba44a80-9fce-11e6-8080-808080808080';

let files: TlsFolder;
let server: ServerProcess;
const authority = new TestCertificate({ commonName: 'Authority', isAuthority: true });

beforeAll(async () => {
  files = new TlsFolder();
  const clientCa = { TLS_CLIENT_CA_FILE: files.write('ca.crt', authority.cert), TLS_CLIENT_CA_TENANT_ID: DEMO_TENANT };
  server = await ServerProcess.start({ environment: { ...files.environment, ...clientCa } });
});

afterAll(async () => {
  await server.kill();
  files.remove();
});

/** `device-messaging device …` as device A1, over MQTT, unless the arguments say otherwise. */
function device(args: readonly string[], { environment, ...options }: CommandOptions = {}): Command {
  const defaults = { DEVICE_URL: server.mqttUrl, DEVICE_TOKEN: A1.token };
  return new Command(PROGRAM, ['device', ...args], { ...options, environment: { ...defaults, ...environment } });
}

function run(args: readonly string[], options?: CommandOptions): Promise<CommandEnd> {
  return device(args, options).end;
}

/** A2 at another terminal, once it listens. */
async function listening(args: readonly string[], url = server.mqttUrl): Promise<Command> {
  const command = device(['listen', '--url', url, '--token', A2.token, ...args]);
  await command.untilPrinted('Listening', 'stderr');
  return command;
}

describe.each([
  ['mqtt', () => ['--url', server.mqttUrl]],
  ['mqtt 5', () => ['--url', server.mqttUrl, '--mqtt-version', '5']],
  [
    'mqtts',
    () => ['--url', `mqtts://127.0.0.1:${server.mqttsPort}`, '--ca', files.write('ca', files.certificate.cert)],
  ],
  ['ws', () => ['--url', `ws://127.0.0.1:${server.httpPort}`]],
  ['wss', () => ['--url', `wss://127.0.0.1:${server.httpsPort}`, '--ca', files.write('ca', files.certificate.cert)]],
  ['http', () => ['--url', server.httpUrl]],
  ['http by polls', () => ['--url', server.httpUrl, '--poll']],
  ['https', () => ['--url', server.httpsUrl, '--insecure']],
  ['coap', () => ['--url', `coap://127.0.0.1:${server.coapPort}`]],
])('the command-line device over %s', (_name, connection) => {
  it('CLI-1, CLI-3, CLI-4, CLI-7: lists, sends, listens and replies, byte for byte', async () => {
    const args = connection();
    expect(await run(['list', ...args])).toEqual({ code: 0, stdout: DEVICES_OF_A1, stderr: '' });
    const a2 = device(['listen', '--echo', '--count', '1', ...args, '--token', A2.token]);
    await a2.untilPrinted('Listening', 'stderr');
    expect(await run(['send', A2.id, EXACT, ...args])).toEqual({ code: 0, stdout: `${EXACT}\n`, stderr: '' });
    const { code, stdout } = await a2.end;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\{"id":\d+,"method":"onMsg","params":/)]);
    expect(stdout).toContain(`"params":${EXACT}}\n`);
  });

  it('CLI-13: says that no device has the token, and does not repeat it', async () => {
    const { code, stdout, stderr } = await run(['list', ...connection(), '--token', 'NOBODYS_TOKEN']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^The server at \S+ knows no device with this access token\. Check --token or DEVICE_TOKEN\.\n$/,
    );
  });
});

describe('the command-line device', () => {
  it('CLI-1: an option comes before its variable', async () => {
    const { stdout } = await run(['list', '--token', B1.token]);
    expect(stdout).toBe('[]\n');
  });

  it.each(['mqtts', 'https', 'wss'])('CLI-2: a client certificate stands in for the token over %s', async (scheme) => {
    const port = scheme === 'mqtts' ? server.mqttsPort : server.httpsPort;
    const certificate = new TestCertificate({ commonName: 'Test Device A1', issuer: authority });
    const cert = ['--cert', files.write('a1.crt', certificate.cert)];
    const key = ['--key', files.write('a1.key', certificate.key)];
    const args = ['list', '--url', `${scheme}://127.0.0.1:${port}`, '--ca', files.write('ca', files.certificate.cert)];
    const environment = { DEVICE_TOKEN: '' };
    const { code, stdout } = await run([...args, ...cert, ...key], { environment });
    expect([code, stdout]).toEqual([0, DEVICES_OF_A1]);
    const half = await run([...args, ...cert], { environment });
    expect([half.code, half.stderr]).toEqual([2, '--cert and --key belong together: give both.\n']);
  });

  it('CLI-3: list takes the parameters of getDevices', async () => {
    const { stdout } = await run(['list', '--limit', '1', '--after', A2.id, '--fields', 'type,online']);
    expect(stdout).toBe(`[{"id":"${A3.id}","name":"Test Device A3","type":"default","online":false}]\n`);
    expect((await run(['list', '--name', 'Test Device A2', '--type', 'none'])).stdout).toBe('[]\n');
  });

  it('CLI-4: a body comes from standard input, or is null', async () => {
    const a2 = await listening(['--echo', '--count', '2']);
    expect((await run(['send', A2.id, '-'], { input: ' {"from": "input"}\n' })).stdout).toBe('{"from": "input"}\n');
    expect((await run(['send', A2.id])).stdout).toBe('null\n');
    expect((await a2.end).code).toBe(0);
  });

  it('CLI-4, CLI-12: the parameters of sendMsg are passed on, and its errors are answers with exit code 1', async () => {
    const answers = [
      await run(['send', A2.id, '1', '--offline', 'fail']),
      await run(['send', A2.id, '1', '--timeout', '60001']),
      await run(['send', B1.id, '1']),
    ];
    expect(answers.map(({ code, stderr }) => [code, stderr])).toEqual(answers.map(() => [1, '']));
    expect(answers.map(({ stdout }) => (JSON.parse(stdout) as { error: string }).error)).toEqual([
      'No active connection to the remote device!',
      'Timeout is too large!',
      'This action is not allowed! Devices are unassigned or assigned to different customers!',
    ]);
    const a2 = await listening(['--count', '1']);
    expect(await run(['send', A2.id, '1', '--oneway'])).toEqual({ code: 0, stdout: 'null\n', stderr: '' });
    await a2.end;
  });

  it('CLI-5: finds a device by its name', async () => {
    const a2 = await listening(['--echo', '--count', '1']);
    expect((await run(['send', 'Test Device A2', '"by name"'])).stdout).toBe('"by name"\n');
    await a2.end;
    expect(await run(['send', 'Test Device B1', '1'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No other device of this customer is named "Test Device B1". "device list" shows them.\n',
    });
  });

  it.each([
    [['send', A2.id, 'hello'], 'The body is not JSON: hello. A text needs quotes of its own'],
    [['send', A2.id, '{param1:value1}'], 'The body is not JSON: {param1:value1}. Shells take quotes away'],
    [['send', A2.id, ''], 'The body is not JSON: . Give null if there is nothing to say.'],
    [['call', 'getDevices', '{'], 'The params is not JSON'],
    [['listen', '--reply', 'ok'], 'The reply is not JSON: ok.'],
  ])('CLI-6, CLI-12: %j is refused with a hint, and nothing is sent', async (args, hint) => {
    // Whatever were sent would fail with another message.
    const { code, stdout, stderr } = await run(args, { environment: { DEVICE_URL: 'mqtt://127.0.0.1:1' } });
    expect([code, stdout, stderr.startsWith(hint), stderr.split('\n').length]).toEqual([2, '', true, 2]);
  });

  it('CLI-7: prints every call on one line, replies with what it was told, or not at all', async () => {
    const a2 = await listening(['--reply', '{"status":"ok"}']);
    expect((await run(['send', A2.id, '-'], { input: '{\n"a":\r\n1}' })).stdout).toBe('{"status":"ok"}\n');
    const { code, stdout } = await a2.interrupt();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{"id":\d+,"method":"onMsg","params":\{ "a": 1\}\}\n$/);
    const silent = await listening([]);
    expect((await run(['send', A2.id, '1', '--timeout', '300'])).stdout).toContain('Timeout while waiting');
    await silent.interrupt();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('CLI-8: listening ends with 0 at %s', async (signal) => {
    expect(await (await listening([])).interrupt(signal)).toMatchObject({ code: 0, stdout: '' });
  });

  it('CLI-8: listening ends with 0 when nobody reads its output any more', async () => {
    const a2 = await listening(['--reply', '1']);
    a2.closeOutput();
    await run(['send', A2.id, '1', '--timeout', '2000']);
    expect((await a2.end).code).toBe(0);
  });

  it.each([
    ['mqtt', ({ mqttUrl }: ServerProcess) => mqttUrl, []],
    ['ws', ({ httpPort }: ServerProcess) => `ws://127.0.0.1:${httpPort}`, []],
    ['http', ({ httpUrl }: ServerProcess) => httpUrl, []],
    ['http by polls', ({ httpUrl }: ServerProcess) => httpUrl, ['--poll']],
    ['coap', ({ coapPort }: ServerProcess) => `coap://127.0.0.1:${coapPort}`, []],
  ])('CLI-9: a server that stops ends listening over %s with 1 and a line', async (_name, urlOf, args) => {
    const other = await ServerProcess.start();
    const a2 = await listening(args, urlOf(other));
    await other.stop();
    const { code, stdout, stderr } = await a2.end;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Listening at \S+ Ctrl-C stops\.\n[^\n]*server[^\n]*\n$/);
  });

  it('CLI-10: calls any method', async () => {
    expect((await run(['call', 'getDevices'])).stdout).toBe(DEVICES_OF_A1);
    expect((await run(['call', 'getDevices', '{"limit":1}'])).stdout).toContain('A2');
    const { code, stdout } = await run(['call', 'getTime', '{}']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^\{"error":"No rules that match/)]);
  });

  it('CLI-11: keeps standard output for JSON: help and usage go elsewhere', async () => {
    const wrong = await run(['lst']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain("error: unknown command 'lst'");
    const bare = await run([]);
    expect([bare.code, bare.stdout, bare.stderr.startsWith('Usage: device-messaging device')]).toEqual([2, '', true]);
  });

  it.each([
    [['list', '--url', 'ftp://127.0.0.1'], 'ftp:// is not known here'],
    [['list', '--url', 'garbage'], 'It is no URL'],
    [['list', '--url', 'mqtt://A1@127.0.0.1'], 'The URL names a user'],
    [['list', '--token', ''], 'Which device? Give its access token by --token or DEVICE_TOKEN.'],
    [['list', '--ca', '/no/such/file'], '--ca /no/such/file cannot be read'],
    [['list', '--mqtt-version', '6'], 'Allowed choices are'],
    [['listen', '--count', '0'], 'It is less than 1'],
    [['listen', '--echo', '--reply', '1'], 'cannot be used with option'],
    [['send', A2.id, '1', '--timeout', 'soon'], 'It is no whole number'],
    [['send', A2.id, '1', '2'], 'too many arguments'],
    [['send'], 'missing required argument'],
  ])('CLI-12: %j is a usage error', async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });

  it.each(['mqtt', 'mqtts', 'ws', 'wss', 'http', 'https', 'coap'])(
    'CLI-13: says that nobody listens at %s://, and what to do',
    async (scheme) => {
      const { code, stdout, stderr } = await run(['list', '--url', `${scheme}://127.0.0.1:1`]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^No server is reached at 127\.0\.0\.1:1 \(.*\)\. Start it, or name another by --url or DEVICE_URL\.\n$/,
      );
    },
  );

  it.each(['mqtts', 'wss', 'https'])('CLI-13: says that the certificate at %s:// is not trusted', async (scheme) => {
    const port = scheme === 'mqtts' ? server.mqttsPort : server.httpsPort;
    const { code, stderr } = await run(['list', '--url', `${scheme}://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The TLS certificates are not accepted .*by --ca\.\n$/);
  });

  it('CLI-13: does not wait for ever for a server that says nothing', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `mqtt://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { code, stderr } = await run(['list', '--url', url, '--connect-timeout', '200']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/within 200 ms\. Is this the right --url\?\n$/)]);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('CLI-14: prints no token', async () => {
    const secret = 'A_VERY_SECRET_TOKEN';
    const urls = [server.mqttUrl, server.httpUrl, `coap://127.0.0.1:${server.coapPort}`, 'mqtt://127.0.0.1:1'];
    const ends = await Promise.all(urls.map((url) => run(['list', '--url', url, '--token', secret])));
    for (const { stdout, stderr } of ends) expect(stdout + stderr).not.toContain(secret);
    const help = await run(['list', '--help'], { environment: { DEVICE_TOKEN: secret } });
    expect([help.code, help.stdout.includes(secret)]).toEqual([0, false]);
  });
});

describe('the guide', () => {
  const [list, echo, send, nobody, call, ...others] = transcriptsOf(GUIDE, 'Listing, sending, listening');

  /** Runs what the guide shows, as A1, at this server. */
  function runShown({ command }: Transcript): Command {
    const environment = { DEVICE_URL: server.mqttUrl, DEVICE_TOKEN: A1.token };
    return new Command('/bin/sh', ['-c', command.replace('npx device-messaging', `exec ${PROGRAM}`)], { environment });
  }

  it('shows five commands', () => {
    expect([[list, echo, send, nobody, call].every(Boolean), others]).toEqual([true, []]);
  });

  it.each([list, nobody, call])('shows what a command prints (%#)', async (transcript) => {
    expect((await runShown(transcript!).end).stdout).toBe(transcript!.output);
  });

  it('shows what both sides of a call print', async () => {
    const a2 = runShown(echo!);
    await a2.untilPrinted('Listening', 'stderr');
    expect((await runShown(send!).end).stdout).toBe(send!.output);
    const { stdout } = await a2.interrupt();
    expect(stdout).toBe(withId(echo!.output, idIn(stdout)));
  });
});
