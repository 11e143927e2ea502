import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PinoLogger } from './logging/pino-logger.js';
import { startServer, type RunningServer } from './server.js';
import { readSettings } from './settings/read-settings.js';
import { RawClient } from './spec-support/raw-client.js';
import { StartError } from './start-error.js';

describe('startServer', () => {
  let directory: string;
  let running: RunningServer[];
  let strangers: Server[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'server-'));
    [running, strangers] = [[], []];
  });

  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop()));
    for (const stranger of strangers) stranger.close();
    rmSync(directory, { recursive: true });
  });

  const start = async (environment: NodeJS.ProcessEnv = {}): Promise<RunningServer> => {
    const free = { MQTT_BIND_PORT: '0', HTTP_BIND_PORT: '0', COAP_BIND_PORT: '0', DATA_DIR: join(directory, 'data') };
    const settings = readSettings({ environment: { ...free, ...environment }, demo: true });
    const logger = new PinoLogger('silent', { write: () => undefined });
    const server = await startServer(settings, { logger, demo: true });
    running.push(server);
    return server;
  };

  const takenPort = async (): Promise<number> => {
    const stranger = createServer();
    strangers.push(stranger);
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    return (stranger.address() as AddressInfo).port;
  };

  const isOpen = async (port: number): Promise<boolean> => {
    const socket = connect(port, '127.0.0.1');
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

  const linesOf = (starting: Promise<unknown>): Promise<readonly string[]> =>
    starting.then(
      () => [],
      (error: unknown) => {
        if (error instanceof StartError) return error.lines;
        throw error;
      },
    );

  it('takes any free port for 0, says which, and makes the data directory', async () => {
    const { mqtt, http } = await start();
    expect(await isOpen(mqtt.port)).toBe(true);
    expect(await isOpen(http.port)).toBe(true);
    expect(mqtt.address).toBe('127.0.0.1');
    expect(existsSync(join(directory, 'data'))).toBe(true);
  });

  it('answers health probes', async () => {
    const { http } = await start();
    for (const path of ['live', 'ready']) {
      const answer = await fetch(`http://127.0.0.1:${http.port}/health/${path}`);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    }
  });

  it('leaves nothing open when it has stopped, connections of devices included', async () => {
    const { mqtt, http, stop } = await start();
    const device = connect(mqtt.port, '127.0.0.1');
    await once(device, 'connect');
    const closed = once(device, 'close');
    device.resume();
    await Promise.all([stop(), stop()]);
    await closed;
    expect(await isOpen(mqtt.port)).toBe(false);
    expect(await isOpen(http.port)).toBe(false);
  });

  it('has CoAP, and answers what is open over HTTP when it stops', async () => {
    const { http, coap, control, stop } = await start();
    const ping = createSocket('udp4');
    ping.send(Buffer.from([0x40, 0, 0x12, 0x34]), coap.port, coap.address);
    const [reset] = (await once(ping, 'message')) as [Buffer];
    ping.close();
    // RFC 7252 section 4.3: a ping is answered with RST.
    expect(reset).toEqual(Buffer.from([0x70, 0, 0x12, 0x34]));
    const poll = fetch(`http://127.0.0.1:${http.port}/api/v1/A1_TEST_TOKEN/rpc`);
    const reached = fetch(`http://127.0.0.1:${http.port}/api/v1/A2_TEST_TOKEN/rpc`, {
      method: 'POST',
      body: '{"method":"sendMsg","params":{"deviceId":"ce06a480-9fce-11e6-8080-808080808080","oneway":true}}',
    });
    expect(await (await reached).text()).toBe('null');
    expect((await poll).status).toBe(200);
    const idle = fetch(`http://127.0.0.1:${http.port}/api/v1/A1_TEST_TOKEN/rpc`);
    while (control.statistics().sessions === 0) await new Promise(setImmediate);
    await stop();
    expect((await idle).status).toBe(503);
  });

  it.each([
    ['noise', '\x16\x03\x01\r\n\r\n'],
    ['a handshake of WebSocket', 'GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['an offer of h2c', 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
  ])('NET-3: closes without a word at %s behind a request that is not answered yet', async (_what, text) => {
    const { http, control } = await start();
    const client = await RawClient.connect(http.port);
    client.write('GET /api/v1/A1_TEST_TOKEN/rpc HTTP/1.1\r\nHost: x\r\n\r\n');
    while (control.statistics().sessions === 0) await new Promise(setImmediate);
    client.write(text);
    expect(await client.untilClosed()).toBe('');
    while (control.statistics().sessions > 0) await new Promise(setImmediate);
  });

  it('names the MQTT port that is taken, and leaves nothing open', async () => {
    const taken = String(await takenPort());
    const probe = await start();
    await probe.stop();
    const environment = { MQTT_BIND_PORT: taken, HTTP_BIND_PORT: String(probe.http.port) };
    expect(await linesOf(start(environment))).toEqual([
      `Port ${taken} on 127.0.0.1 is taken (MQTT). Stop the other program or set MQTT_BIND_PORT.`,
    ]);
    expect(await isOpen(probe.http.port)).toBe(false);
  });

  it('names the HTTP port that is taken', async () => {
    const taken = String(await takenPort());
    expect(await linesOf(start({ HTTP_BIND_PORT: taken }))).toEqual([
      `Port ${taken} on 127.0.0.1 is taken (HTTP). Stop the other program or set HTTP_BIND_PORT.`,
    ]);
  });

  it('names an address that is not of this machine', async () => {
    expect(await linesOf(start({ MQTT_BIND_ADDRESS: '192.0.2.1' }))).toEqual([
      '192.0.2.1 is no address of this machine (MQTT). Set MQTT_BIND_ADDRESS to one of its own.',
    ]);
  });

  it('names a data directory that cannot be written', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const inFile = join(file, 'data');
    expect(await linesOf(start({ DATA_DIR: inFile }))).toEqual([
      `The data directory ${inFile} cannot be written (ENOTDIR). Make it writable or set DATA_DIR.`,
    ]);
    expect(await linesOf(start({ DATA_DIR: file }))).toEqual([
      `The data directory ${file} cannot be written (EEXIST). Make it writable or set DATA_DIR.`,
    ]);
  });
});
