import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { NamedOption, ParsedPacket } from 'coap-packet';
import { connectDevice } from '../connect-device.js';
import type { DeviceClient, ReceivedCall } from '../device-client.js';
import { CoapPeer } from '../spec-support/coap-peer.js';
import { blockOf, blockOption, optionOf } from './coap-options.js';

let server: CoapPeer;
let device: DeviceClient;

beforeEach(async () => {
  server = await CoapPeer.start();
  device = await connectDevice(server.url, 'A1', { timeoutMs: 1_000 });
});

afterEach(async () => {
  server.onMessage = (message) => isRequest(message) && server.answer(message, '2.05');
  await device.close();
  server.stop();
});

const OBSERVE: NamedOption = { name: 'Observe', value: Buffer.from([1]) };
const etag = (value: string): NamedOption => ({ name: 'ETag', value: Buffer.from(value) });

function isRequest({ code }: ParsedPacket): boolean {
  return code === '0.01' || code === '0.02';
}

function pathOf({ options }: ParsedPacket): string {
  return options.flatMap(({ name, value }) => (name === 'Uri-Path' ? [value.toString()] : [])).join('/');
}

/** Listens, with a server that confirms it. Yields the request that registered it. */
async function listen(onCall: (call: ReceivedCall) => void): Promise<ParsedPacket> {
  server.onMessage = (message) => {
    if (isRequest(message)) server.answer(message, '2.05', '', OBSERVE);
  };
  await device.listen(onCall);
  return server.until(isRequest);
}

describe('requests over CoAP', () => {
  test('are confirmable posts below the token, answered in the acknowledgement', async () => {
    server.onMessage = (request) => server.answer(request, '2.05', '[{"id":1}]');
    expect(await device.call('getDevices', {})).toBe('[{"id":1}]');
    const [request] = server.received;
    expect(request).toMatchObject({ code: '0.02', confirmable: true });
    expect(request!.payload.toString()).toBe('{"method":"getDevices","params":{}}');
    expect(pathOf(request!)).toBe('api/v1/A1/rpc');
  });

  test('are answered by a message of its own, which is acknowledged, and again when it comes again', async () => {
    server.onMessage = (request) => {
      if (!isRequest(request)) return;
      server.send({ code: '0.00', messageId: request.messageId, ack: true });
      const messageId = server.confirmable(request, '2.05', '"later"');
      server.send({
        code: '2.05',
        messageId,
        token: request.token,
        confirmable: true,
        payload: Buffer.from('"later"'),
      });
    };
    expect(await device.request('{}')).toBe('"later"');
    await server.until(() => server.received.filter(({ ack }) => ack).length === 2);
  });

  test('are answered although the acknowledgement was lost: the response stands in for it', async () => {
    server.onMessage = (request) => isRequest(request) && server.confirmable(request, '2.05', '1');
    expect(await device.request('{}')).toBe('1');
    await server.until(({ ack }) => ack);
    expect(server.received.filter(isRequest)).toHaveLength(1);
  });

  test('go out in blocks, in smaller ones when the server wants that', async () => {
    const body: Buffer[] = [];
    server.onMessage = (request) => {
      const block = blockOf(request, 'Block1')!;
      body[block.number * block.size] = request.payload;
      const smaller = blockOption('Block1', { ...block, size: 256 });
      server.answer(request, block.isMore ? '2.31' : '2.05', block.isMore ? '' : '"taken"', smaller);
    };
    const payload = JSON.stringify('x'.repeat(1_900));
    expect(await device.request(payload)).toBe('"taken"');
    expect(Buffer.concat(body.filter(Boolean)).toString()).toBe(payload);
    expect(server.received.map(({ payload: { length } }) => length)).toEqual([1_024, 256, 256, 256, 110]);
  });

  test('begin again in smaller blocks when the first was too large', async () => {
    server.onMessage = (request) => {
      const block = blockOf(request, 'Block1')!;
      if (block.size > 512) server.answer(request, '4.13', '', blockOption('Block1', { ...block, size: 512 }));
      else server.answer(request, block.isMore ? '2.31' : '2.05', '', blockOption('Block1', block));
    };
    await device.request('x'.repeat(1_100));
    expect(server.received.map((request) => blockOf(request, 'Block1')!.number)).toEqual([0, 0, 1, 2]);
  });

  test('several with large bodies do not wait for the answers of each other', async () => {
    const last: ParsedPacket[] = [];
    server.onMessage = (request) => {
      const block = blockOf(request, 'Block1')!;
      if (block.isMore) return server.answer(request, '2.31', '', blockOption('Block1', block));
      last.push(request);
      if (last.length === 2) for (const one of last.reverse()) server.answer(one, '2.05', one.payload.subarray(-1));
    };
    const [a, b] = await Promise.all([
      device.request(`${'x'.repeat(2_000)}a`),
      device.request(`${'x'.repeat(2_000)}b`),
    ]);
    expect([a, b]).toEqual(['a', 'b']);
  });

  test('have answers in blocks, which are fetched with the token of the request', async () => {
    const answer = Buffer.from('0123456789abcdef'.repeat(5));
    server.onMessage = (request) => {
      const { number, size } = blockOf(request, 'Block2') ?? { number: 0, size: 32 };
      const part = answer.subarray(number * size, (number + 1) * size);
      const isMore = (number + 1) * size < answer.length;
      server.answer(request, '2.05', part, blockOption('Block2', { number, size, isMore }), etag('e'));
    };
    expect(await device.request('{}')).toBe(answer.toString());
    expect(server.received).toHaveLength(3);
    expect(new Set(server.received.map(({ token }) => token.toString('hex'))).size).toBe(1);
    expect(server.received[1]!.payload).toHaveLength(0);
  });

  test('reject when the blocks of an answer do not belong together', async () => {
    let count = 0;
    server.onMessage = (request) => {
      const option = blockOption('Block2', { number: count++, size: 16, isMore: true });
      server.answer(request, '2.05', '0123456789abcdef', option, etag(String(count)));
    };
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'unexpected' });
  });

  test('a malformed one is answered with the error of the device API', async () => {
    server.onMessage = (request) => server.answer(request, '4.00', '{"error":"Invalid request: it is not JSON"}');
    expect(await device.request('nonsense')).toBe('{"error":"Invalid request: it is not JSON"}');
  });

  test.each([
    ['4.01', 'token-refused'],
    ['4.13', 'too-large'],
    ['4.29', 'rate-limited'],
    ['5.03', 'unavailable'],
    ['4.04', 'unexpected'],
  ])('reject at %s as %s', async (code, expected) => {
    server.onMessage = (request) => server.answer(request, code, 'why');
    await expect(device.request('{}')).rejects.toMatchObject({ name: 'DeviceClientError', code: expected });
  });

  test('reject when the server resets them, or does not acknowledge them in time', async () => {
    server.onMessage = ({ messageId }) => server.send({ code: '0.00', messageId, reset: true });
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'unexpected' });
    server.onMessage = () => undefined;
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'timeout' });
  });

  test('reject at once when nobody listens there, and the client is closed', async () => {
    const nobody = await connectDevice('coap://127.0.0.1:1', 'A1');
    await expect(nobody.request('{}')).rejects.toMatchObject({ code: 'unreachable' });
    expect(await nobody.closed).toMatchObject({ code: 'unreachable' });
    await expect(nobody.request('{}')).rejects.toMatchObject({ code: 'unreachable' });
    await nobody.close();
  });
});

describe('listening over CoAP', () => {
  test('is an observation; calls are acknowledged and given out once, though they come twice', async () => {
    const calls: ReceivedCall[] = [];
    const registration = await listen((call) => calls.push(call));
    expect([pathOf(registration), optionOf(registration, 'Observe')]).toEqual(['api/v1/A1/rpc', Buffer.alloc(0)]);
    const message = '{"id":7,"method":"onMsg","params":[1.10, 12345678901234567890]}';
    const messageId = server.confirmable(registration, '2.05', message, OBSERVE);
    server.send({
      code: '2.05',
      messageId,
      token: registration.token,
      confirmable: true,
      payload: Buffer.from(message),
      options: [OBSERVE],
    });
    await server.until(() => server.received.filter(({ ack }) => ack).length === 2);
    expect(calls).toMatchObject([{ id: '7', method: 'onMsg', params: '[1.10, 12345678901234567890]' }]);
  });

  test('a call in blocks is fetched with another token and without Observe', async () => {
    const received = new Promise<ReceivedCall>((resolve) => void listen(resolve).then(notify));
    const whole = Buffer.from(`{"id":8,"method":"onMsg","params":"${'x'.repeat(40)}"}`);
    const block = (number: number): NamedOption =>
      blockOption('Block2', { number, size: 64, isMore: (number + 1) * 64 < whole.length });
    function notify(registration: ParsedPacket): void {
      server.onMessage = (request) => {
        if (isRequest(request)) server.answer(request, '2.05', whole.subarray(64), block(1), etag('e'));
      };
      server.confirmable(registration, '2.05', whole.subarray(0, 64), OBSERVE, block(0), etag('e'));
    }
    expect(await received).toMatchObject({ id: '8', params: `"${'x'.repeat(40)}"` });
    const [registration, ...others] = server.received.filter(isRequest);
    expect(others).toHaveLength(1);
    expect(optionOf(others[0]!, 'Observe')).toBeUndefined();
    expect(others[0]!.token.equals(registration!.token)).toBe(false);
  });

  test.each([
    ['2.04', true],
    ['4.04', false],
  ])('a reply that is answered with %s was taken: %s', async (code, expected) => {
    const received = new Promise<ReceivedCall>((resolve) => {
      void listen(resolve).then((registration) => {
        server.onMessage = (request) => isRequest(request) && server.answer(request, code);
        server.confirmable(registration, '2.05', '{"id":9,"method":"onMsg","params":1}', OBSERVE);
      });
    });
    expect(await (await received).reply('{"x":1}')).toBe(expected);
    const reply = server.received.filter(isRequest).at(-1)!;
    expect([pathOf(reply), reply.payload.toString()]).toEqual(['api/v1/A1/rpc/9', '{"x":1}']);
  });

  test('ends with Observe 1; a call that comes meanwhile is refused, not lost', async () => {
    const registration = await listen(() => {
      throw new Error('It listens no more');
    });
    server.onMessage = (message) => {
      if (!isRequest(message)) return;
      server.confirmable(registration, '2.05', '{"id":1,"method":"onMsg","params":1}', OBSERVE);
      server.answer(message, '2.05');
    };
    await device.unlisten();
    expect(optionOf(server.received.filter(isRequest).at(-1)!, 'Observe')).toEqual(Buffer.from([1]));
    await server.until(({ reset }) => reset);
    const again = server.received.length;
    server.onMessage = (message) => isRequest(message) && server.answer(message, '2.05', '', OBSERVE);
    await device.listen(() => undefined);
    expect(server.received.slice(again).filter(isRequest)).toHaveLength(1);
  });

  test('ends when the server says so, with its reason', async () => {
    const registration = await listen(() => undefined);
    server.confirmable(registration, '4.01', '');
    expect(await device.closed).toMatchObject({ code: 'token-refused' });
  });

  test('is refused', async () => {
    server.onMessage = (request) => server.answer(request, '4.01');
    await expect(device.listen(() => undefined)).rejects.toMatchObject({ code: 'token-refused' });
  });
});

describe('a CoAP client at its end', () => {
  test('says that it is there when it is asked, and wants nothing that it did not ask for', async () => {
    const registration = await listen(() => undefined);
    server.send({ code: '0.00', messageId: 7, confirmable: true });
    expect(await server.until(({ messageId, reset }) => reset && messageId === 7)).toBeDefined();
    server.send({ code: '2.05', messageId: 8, token: Buffer.from('other'), confirmable: true });
    expect(await server.until(({ messageId, reset }) => reset && messageId === 8)).toBeDefined();
    server.send({ code: 'GET', messageId: 9, token: registration.token, confirmable: true });
    expect(await server.until(({ messageId, reset }) => reset && messageId === 9)).toBeDefined();
  });

  test('does not stumble over what is no CoAP', async () => {
    await listen(() => undefined);
    for (const bytes of [[], [0x40], [0x4f, 1, 2, 3], [0, 0, 0, 0, 0], [0x40, 0x45, 0, 1, 0xd1]])
      server.sendBytes(Buffer.from(bytes));
    server.onMessage = (request) => isRequest(request) && server.answer(request, '2.05', '1');
    expect(await device.request('{}')).toBe('1');
  });

  test('rejects what is under way and what comes later', async () => {
    const open = device.request('{}');
    const close = device.close();
    await expect(open).rejects.toMatchObject({ code: 'closed' });
    await close;
    await expect(device.request('{}')).rejects.toMatchObject({ code: 'closed' });
    expect((await device.closed).code).toBe('closed');
  });
});
