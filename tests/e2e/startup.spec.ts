import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { ServerProcess, type ServerProcessOptions } from './server-process.js';

const A2 = 'aa435e80-9fce-11e6-8080-808080808080';

describe('the server as a process', () => {
  let directory: string;
  let servers: ServerProcess[];
  let clients: MqttClient[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'startup-'));
    [servers, clients] = [[], []];
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    await Promise.all(servers.map((server) => server.kill()));
    rmSync(directory, { recursive: true });
  });

  const started = async (options: ServerProcessOptions = {}): Promise<ServerProcess> => {
    const server = await ServerProcess.start(options);
    servers.push(server);
    return server;
  };

  /** A server that is to refuse its start. */
  const refused = async (options: ServerProcessOptions): Promise<unknown> => {
    const server = ServerProcess.launch(options);
    servers.push(server);
    const { code } = await server.end();
    return { code, stdout: server.stdout, lines: server.stderr.trimEnd().split('\n') };
  };

  const client = async (server: ServerProcess, token: string, options: IClientOptions = {}): Promise<MqttClient> => {
    const connected = await connectAsync(server.mqttUrl, { username: token, reconnectPeriod: 0, ...options });
    clients.push(connected);
    return connected;
  };

  /** A call of A1 that A2 took and does not answer. */
  const callInFlight = async (
    server: ServerProcess,
    timeout: number,
  ): Promise<{ readonly answer: Promise<string> }> => {
    const [a1, a2] = [await client(server, 'A1_TEST_TOKEN'), await client(server, 'A2_TEST_TOKEN')];
    await a2.subscribeAsync('v1/devices/me/rpc/request/+');
    const [taken, answer] = [nextMessage(a2), nextMessage(a1)];
    const params = { deviceId: A2, timeout, body: 1 };
    await a1.publishAsync('v1/devices/me/rpc/request/7', JSON.stringify({ method: 'sendMsg', params }));
    await taken;
    return { answer };
  };

  const nextMessage = (from: MqttClient): Promise<string> =>
    new Promise((resolve) => from.once('message', (_topic, payload) => resolve(payload.toString())));

  const isOpen = async (port: number): Promise<boolean> => {
    const socket = connectSocket(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
      throw error;
    } finally {
      socket.destroy();
    }
  };

  describe('starting', () => {
    it('prints where it listens and three commands to try, and accepts devices by then', async () => {
      const server = await started();
      expect(server.stdout).toMatch(/^Device Messaging \d+\.\d+\.\d+ is running with the demo account\.$/m);
      for (const script of ['get-device-list', 'receive-msg', 'send-msg']) {
        expect(server.stdout).toMatch(
          new RegExp(
            `^  MQTT_URL=${server.mqttUrl} TOKEN=A\\d_TEST_TOKEN node examples/demo-account/${script}\\.js$`,
            'm',
          ),
        );
      }
      await client(server, 'A1_TEST_TOKEN');
    });

    it('answers health probes', async () => {
      const server = await started();
      const statuses = ['live', 'ready'].map(async (path) => (await fetch(`${server.httpUrl}/health/${path}`)).status);
      expect(await Promise.all(statuses)).toEqual([200, 200]);
    });

    it('logs to standard error, a line of JSON for each event', async () => {
      const server = await started();
      const lines = server.stderr.trimEnd().split('\n');
      const messages = lines.map((line) => (JSON.parse(line) as { message: string }).message);
      expect(messages).toContain('The server accepts devices');
      expect(server.stderr).not.toContain('TEST_TOKEN');
    });

    it('prints no access token, neither one that it knows nor one that it does not, however talkative it is', async () => {
      const server = await started({ environment: { LOG_LEVEL: 'debug' } });
      // The banner names the tokens of A1 and A2; B1's stands nowhere.
      const b1 = await client(server, 'B1_TEST_TOKEN');
      await b1.publishAsync('v1/devices/me/rpc/request/1', '{"method":"nonsense"}', { qos: 1 });
      for (const protocolVersion of [4, 5] as const) {
        const unknown = client(server, 'UNKNOWN_TOKEN', { protocolVersion, password: 'UNKNOWN_PASSWORD' });
        await expect(unknown).rejects.toThrow('Not authorized');
      }
      expect(await server.stop()).toBe(0);
      const printed = server.stdout + server.stderr;
      expect(printed).toContain('"message":"Stopped"');
      expect(printed).not.toMatch(/B1_TEST_TOKEN|UNKNOWN_TOKEN|UNKNOWN_PASSWORD/);
    });

    it('is heard on this machine alone with the demo account, unless told otherwise', async () => {
      const addresses = ({ stdout }: ServerProcess): readonly string[] =>
        [...stdout.matchAll(/^ {2}(?:MQTT|HTTP|CoAP) {2}(.*):\d+$/gm)].map(([, address]) => address!);
      expect(addresses(await started())).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
      const told = await started({ environment: { MQTT_BIND_ADDRESS: '0.0.0.0' } });
      expect(addresses(told)).toEqual(['0.0.0.0', '127.0.0.1', '127.0.0.1']);
    });

    it('takes its settings from a file, and the environment before it', async () => {
      const file = join(directory, 'config.yml');
      const dataDir = join(directory, 'made', 'by', 'the', 'server');
      writeFileSync(file, `mqtt: { bindPort: 1 }\nhttp:\n  bindPort: 0\ndataDir: ${dataDir}\nlogLevel: silent\n`);
      const environment = { HTTP_BIND_PORT: undefined, DATA_DIR: undefined };
      const server = await started({ args: ['--demo', '--config', file], environment });
      expect(server.mqttPort).not.toBe(1);
      expect(existsSync(dataDir)).toBe(true);
      expect(server.stderr).toBe('');
    });

    it('knows nobody without the demo account', async () => {
      const server = await started({
        args: [],
        environment: { MQTT_BIND_ADDRESS: '127.0.0.1', HTTP_BIND_ADDRESS: '127.0.0.1', COAP_BIND_ADDRESS: '127.0.0.1' },
      });
      expect(server.stdout).toMatch(/^The system administrator sysadmin was made, with the password \S{20,}$/m);
      await expect(client(server, 'A1_TEST_TOKEN')).rejects.toThrow('Not authorized');
    });
  });

  describe('refusing to start: one line for each reason, exit code 1', () => {
    it('a port that is taken', async () => {
      const stranger = createServer().listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      const { port } = stranger.address() as AddressInfo;
      try {
        for (const protocol of ['MQTT', 'HTTP']) {
          expect(
            await refused({ environment: { [`${protocol}_BIND_PORT`]: String(port), LOG_LEVEL: 'error' } }),
          ).toEqual({
            code: 1,
            stdout: '',
            lines: [
              `Port ${port} on 127.0.0.1 is taken (${protocol}). Stop the other program or set ${protocol}_BIND_PORT.`,
            ],
          });
        }
      } finally {
        stranger.close();
      }
    });

    it('bad settings of the environment', async () => {
      expect(await refused({ environment: { MQTT_BIND_PORT: 'abc', LOG_LEVEL: 'loud' } })).toEqual({
        code: 1,
        stdout: '',
        lines: [
          'mqtt.bindPort (MQTT_BIND_PORT): must be an integer from 0 to 65535, got "abc"',
          'logLevel (LOG_LEVEL): must be one of debug, info, warn, error, silent, got "loud"',
        ],
      });
    });

    it('bad settings of the file', async () => {
      const file = join(directory, 'config.yml');
      writeFileSync(file, 'mqtt:\n  bindPrt: 1883\n');
      expect(await refused({ args: ['--config', file] })).toEqual({
        code: 1,
        stdout: '',
        lines: [`mqtt.bindPrt (${file}): is not known`],
      });
    });

    it('no such file', async () => {
      const file = join(directory, 'missing.yml');
      expect(await refused({ args: ['--config', file] })).toEqual({
        code: 1,
        stdout: '',
        lines: [`The configuration file ${file} does not exist. Name a YAML file with --config.`],
      });
    });

    it('a file that is not YAML', async () => {
      const file = join(directory, 'config.yml');
      writeFileSync(file, 'mqtt: [\n');
      const { code, lines } = (await refused({ args: ['--config', file] })) as { code: number; lines: string[] };
      expect([code, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toContain(`${file}:2:1: `);
    });

    it('a data directory that cannot be written', async () => {
      const file = join(directory, 'file');
      writeFileSync(file, '');
      expect(await refused({ environment: { DATA_DIR: file } })).toEqual({
        code: 1,
        stdout: '',
        lines: [`The data directory ${file} cannot be written (EEXIST). Make it writable or set DATA_DIR.`],
      });
    });

    it('an argument that it does not know', async () => {
      expect(await refused({ args: ['--dmeo'] })).toEqual({
        code: 1,
        stdout: '',
        lines: ["error: unknown option '--dmeo'", '(Did you mean --demo?)'],
      });
    });
  });

  describe('stopping', () => {
    it.each(['SIGINT', 'SIGTERM'] as const)(
      'OPS-14: exits with 0 at %s, at once, with devices connected',
      async (signal) => {
        const server = await started();
        const a1 = await client(server, 'A1_TEST_TOKEN', { protocolVersion: 4 });
        const a2 = await client(server, 'A2_TEST_TOKEN', { protocolVersion: 5 });
        const closed = new Promise<void>((resolve) => a1.once('close', resolve));
        const told = new Promise((resolve) => a2.once('disconnect', resolve));
        const before = performance.now();
        expect(await server.stop(signal)).toBe(0);
        expect(performance.now() - before).toBeLessThan(3_000);
        await closed;
        // 0x8B: server shutting down.
        expect(await told).toMatchObject({ cmd: 'disconnect', reasonCode: 0x8b });
      },
    );

    it('lets a call in flight finish, and is not ready meanwhile', async () => {
      const server = await started();
      const { answer } = await callInFlight(server, 1_500);
      const stopped = server.stop();
      while (!server.stderr.includes('Stopping')) await new Promise(setImmediate);
      const probe = await fetch(`${server.httpUrl}/health/ready`);
      expect([probe.status, await probe.json()]).toEqual([503, { status: 'stopping' }]);
      expect(await isOpen(server.mqttPort)).toBe(false);
      expect(await answer).toBe('{"error":"Timeout while waiting response from device!"}');
      expect(await stopped).toBe(0);
    });

    it('OPS-13: is gone after drainTimeoutMs, and has answered the call whose reply never comes', async () => {
      const file = join(directory, 'config.yml');
      writeFileSync(file, 'host: { drainTimeoutMs: 2000 }\n');
      const server = await started({ args: ['--demo', '--config', file] });
      const { answer } = await callInFlight(server, 60_000);
      const before = performance.now();
      expect(await server.stop('SIGTERM')).toBe(0);
      const took = performance.now() - before;
      expect([took >= 1_900, took < 4_000]).toEqual([true, true]);
      expect(await answer).toMatch(/^\{"error":"/);
    });

    it('OPS-13: waits 10 s for it unless told otherwise', async () => {
      const server = await started();
      const { answer } = await callInFlight(server, 7_000);
      const before = performance.now();
      const stopped = server.stop('SIGTERM');
      expect(await answer).toBe('{"error":"Timeout while waiting response from device!"}');
      expect(performance.now() - before).toBeGreaterThan(5_000);
      expect(await stopped).toBe(0);
    });

    it('stops at once at the second signal, with the code that shells expect', async () => {
      const server = await started();
      await callInFlight(server, 60_000);
      server.signal('SIGTERM');
      const second = setInterval(() => server.signal('SIGINT'), 100);
      const end = await server.end();
      clearInterval(second);
      expect(end).toEqual({ code: 130, signal: null });
    });
  });
});
