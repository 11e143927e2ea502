import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeviceClient, DeviceClientError, ReceivedCall } from '@device-messaging/device-client';
import { A1, A2, A3, B1 } from './demo-account.js';
import { ServerProcess } from './server-process.js';
import { TRANSPORT_KINDS, type TransportKind } from './transport-kinds.js';

const error = (text: string): string => JSON.stringify({ error: text });
const NO_CONNECTION = error('No active connection to the remote device!');
const TIMEOUT = error('Timeout while waiting response from device!');
const INVALID_RESPONSE = error('Invalid response from the remote device!');
const NOT_ALLOWED = error('This action is not allowed! Devices are unassigned or assigned to different customers!');

/** JSON that does not survive being parsed and written again. */
const BODY = '{"b":12345678901234567890,"a":[1.10,-0,1e400],"b":"\\u0062é漢😀"}';
const REPLY = '{ "z" : 1.10 , "z":"é" }';
/** Within the limits of every transport, and many blocks or chunks of each. */
const LARGE = JSON.stringify('é'.repeat(50_000));
/** Above the 256 KiB that every transport takes. */
const TOO_LARGE = JSON.stringify('x'.repeat(300_000));

/** How long a call may take that no answer is expected to, ms; enough for a busy machine to bring it to its target. */
const PATIENCE_MS = 400;

let server: ServerProcess;
/** Another connection of the caller; not one of those that are compared. */
let bystander: DeviceClient;
/**
 * The device that is called. Tests take turns: what a client sent right before it closed may reach the server after the
 * end of its test, a long poll above all, and must find nobody's calls.
 */
let called: { readonly id: string; readonly token: string } = A2;
let open: DeviceClient[] = [];
/** What targets do with their calls. */
let handled: unknown[] = [];

beforeAll(async () => {
  server = await ServerProcess.start();
  bystander = await TRANSPORT_KINDS[0]!.connect(server, A1.token);
});

afterEach(async () => {
  // A reply that wins may be acknowledged after the caller has its answer.
  await Promise.all(handled);
  handled = [];
  await Promise.all(open.map((device) => device.close()));
  open = [];
  await untilOffline();
  called = called === A2 ? A3 : A2;
});

afterAll(async () => {
  await bystander.close();
  expect(await server.stop()).toBe(0);
  expect(server.stderr).not.toMatch(/"level":"error"|ERROR/);
});

function sendMsg(body: string, more: object = {}, target: { id: string } = called): string {
  const params = JSON.stringify({ deviceId: target.id, ...more }).slice(0, -1);
  return `{"method":"sendMsg","params":${params},"body":${body}}}`;
}

/** The next test's calls must not be handed to a connection that the server has not seen the end of. */
async function untilOffline(): Promise<void> {
  const probe = sendMsg('"probe"', { offline: 'fail', timeout: 50 });
  while ((await bystander.request(probe)) !== NO_CONNECTION) await new Promise(setImmediate);
}

/** A device that notes its calls and does with each what it is told. */
class Listener {
  readonly calls: ReceivedCall[] = [];
  private onCall: (call: ReceivedCall) => void = () => undefined;

  constructor(readonly client: DeviceClient) {}

  async listen(handle: (call: ReceivedCall) => unknown = () => undefined): Promise<void> {
    await this.client.listen((call) => {
      this.calls.push(call);
      this.onCall(call);
      handled.push(handle(call));
    });
  }

  /** The first call. */
  async call(): Promise<ReceivedCall> {
    if (this.calls.length === 0) await new Promise<void>((resolve) => (this.onCall = () => resolve()));
    return this.calls[0]!;
  }
}

describe.each(TRANSPORT_KINDS)('a caller over $name', (caller: TransportKind) => {
  describe.each(TRANSPORT_KINDS)('and a target over $name', (target: TransportKind) => {
    async function callerDevice(): Promise<DeviceClient> {
      const device = await caller.connect(server, A1.token);
      open.push(device);
      return device;
    }

    async function targetDevice(): Promise<Listener> {
      const client = await target.connect(server, called.token);
      open.push(client);
      return new Listener(client);
    }

    test('XPT-1: answer: call and reply arrive byte for byte', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen((call) => call.reply(REPLY));
      expect(await a1.request(sendMsg(BODY))).toBe(REPLY);
      expect(a2.calls.map(({ method, params }) => [method, params])).toEqual([['onMsg', BODY]]);
    });

    test('XPT-1: answer: so do large ones', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen((call) => call.reply(LARGE));
      expect(await a1.request(sendMsg(LARGE))).toBe(LARGE);
      expect(a2.calls.map(({ params }) => params)).toEqual([LARGE]);
    });

    test('XPT-2: one-way: null once the target has the call', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen();
      expect(await a1.request(sendMsg(BODY, { oneway: true }))).toBe('null');
      expect((await a2.call()).params).toBe(BODY);
    });

    test('XPT-3: offline, wait: the call waits for the target', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      const answer = a1.request(sendMsg('1'));
      // An answer to a later request says that the first one is being worked on.
      await a1.request('{"method":"getDevices","params":{}}');
      await a2.listen((call) => call.reply('"here"'));
      expect(await answer).toBe('"here"');
      expect(a2.calls).toHaveLength(1);
    });

    test('XPT-4: offline, fail: told at once; and when nobody came by the deadline', async () => {
      const [a1] = [await callerDevice(), await targetDevice()];
      expect(await a1.request(sendMsg('1', { offline: 'fail' }))).toBe(NO_CONNECTION);
      expect(await a1.request(sendMsg('1', { timeout: 50 }))).toBe(NO_CONNECTION);
    });

    test('XPT-5: silent: a target that does not reply', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen();
      expect(await a1.request(sendMsg('1', { timeout: PATIENCE_MS }))).toBe(TIMEOUT);
      expect(a2.calls).toHaveLength(1);
    });

    test('XPT-6: garbage: a reply that is not JSON', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen((call) => call.reply('{not JSON'));
      expect(await a1.request(sendMsg('1'))).toBe(INVALID_RESPONSE);
    });

    test('XPT-7: late: a reply after the deadline is told so, where the protocol tells', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen();
      expect(await a1.request(sendMsg('1', { timeout: PATIENCE_MS }))).toBe(TIMEOUT);
      expect(await (await a2.call()).reply('"late"')).not.toBe(true);
    });

    test('XPT-8: two replies: the first one wins', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      const second = new Promise((resolve) => {
        void a2.listen(async (call) => {
          await call.reply('"first"');
          resolve(await call.reply('"second"'));
        });
      });
      expect(await a1.request(sendMsg('1'))).toBe('"first"');
      expect(await second).not.toBe(true);
    });

    test('XPT-9: disconnect: a target that goes with the call', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen(() => a2.client.close());
      expect(await a1.request(sendMsg('1', { timeout: PATIENCE_MS }))).toBe(TIMEOUT);
    });

    test('XPT-10: forbidden: a device of another customer', async () => {
      const [a1, b1] = [await callerDevice(), await target.connect(server, B1.token)];
      open.push(b1);
      await b1.listen(() => {
        throw new Error('It was handed a call of another customer');
      });
      expect(await a1.request(sendMsg('1', {}, B1))).toBe(NOT_ALLOWED);
    });

    test('XPT-11: too large: refused by the caller’s own transport, and nobody else notices', async () => {
      const [a1, a2] = [await callerDevice(), await targetDevice()];
      await a2.listen((call) => call.reply('2'));
      const refusal = a1.request(sendMsg(TOO_LARGE)).then(
        (answer) => answer,
        (failure: unknown) => (failure as DeviceClientError).code,
      );
      expect(caller.tooLarge).toContain(await refusal);
      expect(await bystander.request(sendMsg('1'))).toBe('2');
      expect(a2.calls).toHaveLength(1);
    });
  });
});
