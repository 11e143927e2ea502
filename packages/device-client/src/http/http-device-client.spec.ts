import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectDevice } from '../connect-device.js';
import type { ConnectOptions } from '../connect-options.js';
import type { DeviceClient, ReceivedCall } from '../device-client.js';
import { HttpPeer } from '../spec-support/http-peer.js';

let server: HttpPeer;
const devices: DeviceClient[] = [];

beforeEach(async () => {
  server = await HttpPeer.start();
});

afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
  await server.stop();
});

async function connect(options: ConnectOptions = {}, url = server.url): Promise<DeviceClient> {
  const device = await connectDevice(url, 'A1', options);
  devices.push(device);
  return device;
}

const CALL = '{"id":7,"method":"onMsg","params":[1.10, 12345678901234567890]}';

describe('requests over HTTP', () => {
  test('go to /api/v1/me with the token in a header, over one connection', async () => {
    server.onRequest = (_request, response) => void response.end('[{"id":1}]');
    const device = await connect({}, `${server.url}/below/`);
    expect(await device.call('getDevices', {})).toBe('[{"id":1}]');
    expect(await device.request('{"method":"m","params":1.10}')).toBe('[{"id":1}]');
    const path = '/below/api/v1/me/rpc';
    expect(server.received).toEqual([
      { method: 'POST', path, authorization: 'Bearer A1', body: '{"method":"getDevices","params":{}}' },
      { method: 'POST', path, authorization: 'Bearer A1', body: '{"method":"m","params":1.10}' },
    ]);
    expect(server.connections).toBe(1);
  });

  test('a malformed one is answered with the error of the device API', async () => {
    const error = '{"error":"Invalid request: it is not JSON"}';
    server.onRequest = (_request, response) => void response.writeHead(400).end(error);
    expect(await (await connect()).request('nonsense')).toBe(error);
  });

  test.each([
    [400, 'unexpected'],
    [401, 'token-refused'],
    [404, 'unexpected'],
    [413, 'too-large'],
    [429, 'rate-limited'],
    [503, 'unavailable'],
  ])('reject at %d as %s, in one line without the token', async (status, code) => {
    server.onRequest = (_request, response) => void response.writeHead(status).end('<html>\n</html>');
    const failed = (await connect()).request('{}');
    await expect(failed).rejects.toMatchObject({ name: 'DeviceClientError', code });
    const { message } = (await failed.catch((error: unknown) => error)) as Error;
    expect(message).not.toMatch(/\n|A1/);
  });

  test('reject when nobody listens there', async () => {
    const device = await connect({}, 'http://127.0.0.1:1');
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('reject when what listens there speaks something else', async () => {
    const stranger = createServer((socket) => void socket.end('220 mail.example ESMTP\r\n'));
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const device = await connect({}, `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`);
    await expect(device.request('{}')).rejects.toMatchObject({ name: 'DeviceClientError' });
    stranger.close();
  });

  test('reject when the connection breaks, when the answer takes too long, and when the device is closed', async () => {
    server.onRequest = (_request, response) => void response.destroy();
    const device = await connect({ answerTimeoutMs: 50 });
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'lost' });
    server.onRequest = () => undefined;
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'timeout' });
    const open = device.request('{}');
    await device.close();
    await expect(open).rejects.toMatchObject({ code: 'closed' });
    await expect(device.listen(() => undefined)).rejects.toMatchObject({ code: 'closed' });
    expect((await device.closed).code).toBe('closed');
  });
});

describe('listening over server-sent events', () => {
  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(':\n\n');
  }

  test('has begun when the stream is open; calls come with their bytes, and are replied to', async () => {
    server.onRequest = ({ method }, response) => {
      if (method === 'POST') return void response.end();
      stream(response);
      setImmediate(() => response.write(`event: rpc\ndata: ${CALL}\n\n`));
    };
    const device = await connect();
    const call = await new Promise<ReceivedCall>((resolve) => void device.listen(resolve));
    expect(call).toMatchObject({ id: '7', method: 'onMsg', params: '[1.10, 12345678901234567890]' });
    expect(await call.reply('{"x":1}')).toBe(true);
    const [opened, reply] = server.received;
    expect([opened!.path, opened!.authorization]).toEqual(['/api/v1/me/rpc/stream', 'Bearer A1']);
    expect(reply).toMatchObject({ method: 'POST', path: '/api/v1/me/rpc/7', body: '{"x":1}' });
  });

  test('a reply that nobody waits for was not taken', async () => {
    server.onRequest = ({ method }, response) => {
      if (method === 'POST') return void response.writeHead(404).end();
      stream(response);
      response.write(`event: rpc\ndata: ${CALL}\n\n`);
    };
    const device = await connect();
    const call = await new Promise<ReceivedCall>((resolve) => void device.listen(resolve));
    expect(await call.reply('1')).toBe(false);
  });

  test('is refused with its reason, and can be tried again', async () => {
    server.onRequest = (_request, response) => void response.writeHead(401).end();
    const device = await connect();
    await expect(device.listen(() => undefined)).rejects.toMatchObject({ code: 'token-refused' });
    server.onRequest = (_request, response) => stream(response);
    await device.listen(() => undefined);
  });

  test('a page instead of a stream is no stream', async () => {
    server.onRequest = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    await expect((await connect()).listen(() => undefined)).rejects.toMatchObject({ code: 'unexpected' });
  });

  test('ends by unlisten without ending the device; the server ends it, and the device', async () => {
    let open!: ServerResponse;
    let gone = 0;
    server.onRequest = (_request, response) => {
      open = response;
      response.on('close', () => gone++);
      stream(response);
    };
    const device = await connect();
    await device.listen(() => undefined);
    await device.unlisten();
    await once(open, 'close');
    expect(gone).toBe(1);
    await device.listen(() => undefined);
    open.end();
    expect(await device.closed).toMatchObject({ code: 'lost' });
  });

  test('what is no call ends the device', async () => {
    server.onRequest = (_request, response) => {
      stream(response);
      response.write('event: rpc\ndata: nonsense\n\n');
    };
    const device = await connect();
    await device.listen(() => undefined);
    expect(await device.closed).toMatchObject({ code: 'unexpected' });
  });
});

describe('listening by long polling', () => {
  const options = { httpListening: 'poll' } as const;

  test('polls again after a call, and after none', async () => {
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(408).end(),
      (response) => response.end(CALL),
      (response) => response.end(CALL.replace('7', '8')),
    ];
    server.onRequest = (_request, response) => answers.shift()?.(response);
    const device = await connect(options);
    const ids: string[] = [];
    await new Promise<void>((resolve) => {
      void device.listen(({ id }) => ids.push(id) === 2 && resolve());
    });
    expect(ids).toEqual(['7', '8']);
    expect(server.received[0]!.path).toMatch(/^\/api\/v1\/me\/rpc\?timeout=\d+$/);
  });

  test('has begun when the poll is sent; what is refused then ends the device', async () => {
    let open!: ServerResponse;
    server.onRequest = (_request, response) => (open = response);
    const device = await connect(options);
    await device.listen(() => undefined);
    while ((open as ServerResponse | undefined) === undefined) await new Promise(setImmediate);
    open.writeHead(401).end();
    expect(await device.closed).toMatchObject({ code: 'token-refused' });
  });

  test('unlisten breaks the poll off', async () => {
    const opened = new Promise<ServerResponse>((resolve) => {
      server.onRequest = (_request, response) => resolve(response);
    });
    const device = await connect(options);
    await device.listen(() => undefined);
    const poll = await opened;
    await device.unlisten();
    await once(poll, 'close');
    expect(server.received).toHaveLength(1);
  });

  test('is refused when there is no server', async () => {
    const device = await connect(options, 'http://127.0.0.1:1');
    await expect(device.listen(() => undefined)).rejects.toMatchObject({ code: 'unreachable' });
  });
});
