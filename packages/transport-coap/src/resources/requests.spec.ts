import { OverQuotaError } from '@device-messaging/host-api';
import { settle } from '@device-messaging/testkit';
import { describe, expect, test } from '@jest/globals';
import { CoapTransport } from '../coap-transport.js';
import { NON } from '../spec-support/packet.js';
import { ATTRIBUTES, call, Device, RPC, Stage } from '../spec-support/stage.js';

const TELEMETRY = 'api/v1/token/telemetry';
const REQUEST = '{"method":"x","params":{}}';
const INVALID = /^\{"error":"Invalid request: .+"\}$/;

describe('a device', () => {
  test('COAP-1: asks, and is answered byte for byte', () => {
    const stage = new Stage();
    stage.host.onRequest = (session) => session.answer(0, '{ "a" : 1.10 }');
    const answer = stage.device().post(RPC, REQUEST, { token: 'T', id: 7 });
    expect(answer).toMatchObject({
      type: 'ACK',
      id: 7,
      token: 'T',
      code: '2.05',
      format: 50,
      payload: '{ "a" : 1.10 }',
    });
    expect(stage.session.requests).toMatchObject([{ payload: REQUEST }]);
    expect(stage.host.credentials).toEqual([{ type: 'ACCESS_TOKEN', secret: 'token' }]);
    expect(stage.session.facts).toEqual({ transport: 'coap', remoteAddress: '192.0.2.1' });
  });

  test('COAP-2: replies to a call by its id', () => {
    const stage = new Stage();
    const device = stage.device();
    expect(device.post(`${RPC}/0`, '1')).toMatchObject({ type: 'ACK', code: '2.04', payload: '' });
    expect(stage.session.replies).toEqual([[0, '1']]);
    expect(device.post(`${RPC}/2147483647`, '"x"').code).toBe('2.04');
    expect(stage.session.replies).toEqual([[2_147_483_647, '"x"']]);
    stage.host.replyOutcome = () => false;
    expect(device.post(`${RPC}/5`, '1').code).toBe('4.04');
    expect(stage.host.openSessions).toBe(0);
  });

  test('COAP-2: gets 4.04 for an id that no call can have, and the host does not hear of it', () => {
    const stage = new Stage();
    const device = stage.device();
    for (const id of ['2147483648', '-1', '1.5', '0x1', 'x', '', '99999999999']) {
      expect(device.post(`${RPC}/${id}`, '1').code).toBe('4.04');
    }
    expect(stage.host.credentials).toEqual([]);
  });

  test('COAP-2: waits for the word of a host that has to ask another', async () => {
    const stage = new Stage();
    const device = stage.device();
    stage.host.replyOutcome = () => Promise.resolve(true);
    expect(device.tell({ code: 'POST', path: `${RPC}/1`, payload: '1' })).toEqual([]);
    await settle();
    expect(device.only().code).toBe('2.04');
    stage.host.replyOutcome = () => Promise.reject(new Error('no word'));
    device.tell({ code: 'POST', path: `${RPC}/1`, payload: '1' });
    await settle();
    expect(device.only()).toMatchObject({ code: '5.03', maxAge: 5 });
    expect(stage.host.openSessions).toBe(0);
  });

  test('COAP-3: publishes telemetry and attributes, and reads attributes of which there are none', () => {
    const stage = new Stage();
    const device = stage.device();
    expect(device.post(TELEMETRY, '{"t":1}')).toMatchObject({ code: '2.04', payload: '' });
    expect(stage.session.published).toEqual([['POST_TELEMETRY', '{"t":1}']]);
    expect(device.post(ATTRIBUTES, '{"a":1}').code).toBe('2.04');
    expect(stage.session.published).toEqual([['POST_ATTRIBUTES', '{"a":1}']]);
    const refused = device.post(TELEMETRY, 'no JSON');
    expect(refused).toMatchObject({ code: '4.00', format: 50, payload: expect.stringMatching(INVALID) });
    expect(device.get(ATTRIBUTES)).toMatchObject({ code: '2.05', format: 50, payload: '{}' });
    expect(stage.host.openSessions).toBe(0);
  });

  test('COAP-4: learns what there is in less than 512 bytes and without a token', () => {
    const stage = new Stage();
    const links = stage.device().get('.well-known/core');
    expect(links).toMatchObject({ code: '2.05', format: 40 });
    expect(links.payload).toMatch(/^<\/api\/v1\/TOKEN\/rpc>;[^,]*obs/);
    expect(links.length).toBeLessThan(512);
    expect(stage.host.credentials).toEqual([]);
  });

  test('COAP-5: that nobody knows gets 4.01', () => {
    const stage = new Stage();
    const device = stage.device();
    expect(device.post('api/v1/nobody/rpc', REQUEST).code).toBe('4.01');
    expect(device.post('api/v1/nobody/rpc/1', '1').code).toBe('4.01');
    expect(device.get('api/v1/nobody/attributes').code).toBe('4.01');
    expect(device.get('api/v1/nobody/rpc', { observe: 0 }).code).toBe('4.01');
    expect(device.get('api/v1/nobody/rpc', { observe: 1 }).code).toBe('4.01');
    expect(device.post('api/v1/nobody/rpc', Buffer.alloc(16), { block1: [0, true, 0] }).code).toBe('4.01');
  });

  test.each([
    ['answer', '2.05'],
    ['malformed', '4.00'],
    ['rate-limited', '4.29'],
  ] as const)('COAP-6: is told by the code what kind of answer it gets: %s', (kind, code) => {
    const stage = new Stage();
    stage.host.onRequest = (session) => session.answer(0, '{"error":"x"}', kind);
    expect(stage.device().post(RPC, REQUEST)).toMatchObject({ code, format: 50, payload: '{"error":"x"}' });
  });

  test('QTA-9: gets 4.29, and when to come again, over a quota of connections', async () => {
    const stage = new Stage();
    const device = stage.device();
    const error = new OverQuotaError({ kind: 'tenant', id: 't' }, 'connections');
    stage.host.verdict = () => {
      throw error;
    };
    expect(device.post(RPC, REQUEST)).toMatchObject({ code: '4.29', maxAge: 5 });
    stage.host.verdict = () => Promise.reject(error);
    expect(device.tell({ code: 'GET', path: RPC, observe: 0 })).toEqual([]);
    await settle();
    expect(device.only()).toMatchObject({ code: '4.29', maxAge: 5 });
    expect(stage.transport.observerCount).toBe(0);
  });

  test('QTA-5: gets 4.29 for telemetry over a quota, and for requests', () => {
    const stage = new Stage();
    stage.host.publishOutcome = () => 'rate-limited';
    stage.host.retryAfterS = 7;
    expect(stage.device().post(TELEMETRY, '{}')).toMatchObject({
      code: '4.29',
      maxAge: 7,
      payload: 'Rate limit exceeded!',
    });
    stage.host.retryAfterS = 3_600;
    stage.host.onRequest = (session) => session.answer(0, '{"error":"x"}', 'rate-limited');
    expect(stage.device().post(RPC, REQUEST)).toMatchObject({ code: '4.29', maxAge: 3_600 });
  });

  test('COAP-7: gets 4.13 and the limit for a body that is too large', () => {
    const stage = new Stage({ maxBodyBytes: 200 });
    const device = stage.device();
    for (const path of [RPC, `${RPC}/1`, TELEMETRY]) {
      expect(device.post(path, 'x'.repeat(201))).toMatchObject({ code: '4.13', size1: 200 });
    }
    expect(stage.host.openSessions).toBe(0);
    expect(stage.host.sessions.flatMap(({ requests, replies, published }) => [requests, replies, published])).toEqual(
      Array.from({ length: 9 }, () => []),
    );
    expect(device.post('api/v1/nobody/rpc', 'x'.repeat(201)).code).toBe('4.01');
    expect(device.post(TELEMETRY, `{${' '.repeat(199)}`).code).toBe('2.04');
  });

  test.each([
    ['PUT', RPC],
    ['DELETE', `${RPC}/1`],
    ['0.31', RPC],
    ['GET', TELEMETRY],
    ['GET', `${RPC}/1`],
    ['POST', '.well-known/core'],
  ])('COAP-8: gets 4.05 for %s %s', (code, path) => {
    expect(new Stage().device().ask({ code, path }).code).toBe('4.05');
  });

  test.each([
    '',
    'api',
    'api/v1/token',
    'api/v2/token/rpc',
    'API/v1/token/rpc',
    `${RPC}/1/2`,
    'api/v1/token/rpx',
    '.well-known',
    `${TELEMETRY}/1`,
    `${RPC}/`,
  ])('COAP-8: gets 4.04 for the path %j', (path) => {
    expect(new Stage().device().ask({ code: 'POST', path }).code).toBe('4.04');
  });

  test('COAP-9: gets 4.02 for a critical option that is unknown, and no word when it was non-confirmable', () => {
    const stage = new Stage();
    const device = stage.device();
    const others = [[9, Buffer.from('x')]] as const;
    expect(device.post(TELEMETRY, '{}', { others }).code).toBe('4.02');
    expect(device.tell({ type: NON, code: 'POST', path: TELEMETRY, payload: '{}', others })).toEqual([]);
    expect(device.post(TELEMETRY, '{}', { others: [[2_048, Buffer.from('x')]] }).code).toBe('2.04');
    expect(device.post(TELEMETRY, '{}', { others: [[35, Buffer.from('coap://x')]] }).code).toBe('5.05');
    expect(device.post(TELEMETRY, '{}', { others: [[39, Buffer.from('coap')]] }).code).toBe('5.05');
  });

  test('COAP-10: gets 4.06 when it accepts none of what the answer can be', () => {
    const stage = new Stage();
    stage.host.onRequest = (session) => session.answer(0, '{}');
    const device = stage.device();
    expect(device.post(RPC, REQUEST, { accept: 0 }).code).toBe('4.06');
    expect(device.get(RPC, { observe: 0, accept: 60 }).code).toBe('4.06');
    expect(device.get(ATTRIBUTES, { accept: 0 }).code).toBe('4.06');
    expect(device.get('.well-known/core', { accept: 50 }).code).toBe('4.06');
    expect(stage.host.credentials).toEqual([]);
    expect(device.post(RPC, REQUEST, { accept: 50 }).code).toBe('2.05');
    // Without a body in the answer there is nothing to accept.
    expect(device.post(TELEMETRY, '{}', { accept: 0 }).code).toBe('2.04');
  });

  test('COAP-13: has a session for as long as its request takes', () => {
    const stage = new Stage();
    const device = stage.device();
    expect(device.tell({ code: 'POST', path: RPC, payload: REQUEST })).toEqual([]);
    expect(stage.host.openSessions).toBe(1);
    stage.answer();
    expect(device.only().code).toBe('2.05');
    expect(stage.host.openSessions).toBe(0);
  });

  test('COAP-13: whose credentials are revoked while it is looked up is told so', async () => {
    const stage = new Stage();
    const device = stage.device();
    stage.host.verdict = (open) => {
      const session = open();
      const { sink } = stage.session;
      return Promise.resolve().then(() => {
        expect(sink.deliver({} as never)).toBe('busy');
        sink.close('DEVICE_DELETED');
        return session;
      });
    };
    device.tell({ code: 'POST', path: RPC, payload: 'x'.repeat(16), block1: [0, true, 0] });
    device.tell({ code: 'POST', path: RPC, payload: REQUEST });
    await settle();
    expect(device.take().map(({ code }) => code)).toEqual(['4.01', '4.01']);
    expect([stage.host.openSessions, stage.session.requests]).toEqual([0, []]);
  });

  test('COAP-13: whose credentials are revoked meanwhile is told so instead of an answer', () => {
    const stage = new Stage();
    const device = stage.device();
    device.tell({ code: 'POST', path: RPC, payload: REQUEST });
    stage.session.sink.close('CREDENTIALS_REVOKED');
    expect(device.only().code).toBe('4.01');
    stage.answer();
    expect(device.take()).toEqual([]);
    expect(stage.session.sink.deliver({} as never)).toBe('busy');
  });
});

describe('a registry', () => {
  test('COAP-11: that cannot answer is 5.03, to be tried again', async () => {
    const stage = new Stage();
    const device = stage.device();
    stage.host.verdict = () => {
      throw new Error('down');
    };
    expect(device.post(RPC, REQUEST)).toMatchObject({ code: '5.03', maxAge: 5 });
    stage.host.verdict = () => Promise.reject(new Error('down'));
    expect(device.tell({ code: 'GET', path: RPC, observe: 0 })).toEqual([]);
    await settle();
    expect(device.only()).toMatchObject({ code: '5.03', maxAge: 5 });
    expect(stage.transport.observerCount).toBe(0);
  });

  test('COAP-11: that takes its time is waited for, not longer than a limit', async () => {
    const stage = new Stage({ lookUpTimeoutMs: 3_000 });
    const device = stage.device();
    const open: (() => void)[] = [];
    const warnings: unknown[] = [];
    Object.assign(stage.host.logger, { warn: (_: string, fields: object) => warnings.push(fields) });
    stage.host.verdict = (find) => new Promise((resolve) => open.push(() => resolve(find())));
    device.tell({ code: 'POST', path: TELEMETRY, payload: '{}' });
    stage.advance(100);
    expect(device.only()).toMatchObject({ type: 'ACK', code: '0.00' });
    open[0]!();
    await settle();
    const response = device.only();
    expect(response).toMatchObject({ type: 'CON', code: '2.04' });
    device.acknowledge(response);

    device.tell({ code: 'POST', path: TELEMETRY, payload: '{}' });
    stage.advance(2_999);
    expect(device.only()).toMatchObject({ type: 'ACK', code: '0.00' });
    stage.advance(1);
    expect(device.only()).toMatchObject({ type: 'CON', code: '5.03' });
    open[1]!();
    await settle();
    expect(stage.session.published).toEqual([]);
    expect(stage.host.openSessions).toBe(0);
    expect(warnings).toEqual([{ error: new Error('The look-up took too long') }]);
  });
});

describe('a host that drains', () => {
  test('COAP-12: takes no requests and observations, but replies, and answers what it took', () => {
    const stage = new Stage();
    const device = stage.device();
    device.observe('obs');
    device.tell({ code: 'POST', path: RPC, payload: REQUEST });
    const asking = stage.session;
    stage.transport.drain();
    for (const refused of [
      device.post(RPC, REQUEST),
      device.post(TELEMETRY, '{}'),
      device.get(ATTRIBUTES),
      device.observe('another'),
      device.post(RPC, Buffer.alloc(16), { block1: [0, true, 0] }),
    ]) {
      expect(refused).toMatchObject({ code: '5.03', maxAge: 5 });
    }
    asking.answer(0, '1');
    expect(device.only()).toMatchObject({ code: '2.05', payload: '1' });
    expect(device.post(`${RPC}/1`, '1').code).toBe('2.04');
    expect(device.get(RPC, { observe: 1, token: 'obs' }).code).toBe('2.05');
  });
});

describe('the transport', () => {
  test('is started once', () => {
    const stage = new Stage();
    expect(() => stage.transport.start(stage.host)).toThrow('A CoAP transport is started once');
  });

  test('COAP-41: leaves nothing when it has stopped, and takes no more datagrams', async () => {
    const stage = new Stage();
    const device = stage.device();
    device.observe('obs');
    const observing = stage.session;
    device.tell({ code: 'POST', path: RPC, payload: REQUEST, token: 'asks' });
    const asking = stage.session;
    device.post(RPC, Buffer.alloc(16), { block1: [0, true, 0] });
    let open = (): void => undefined;
    stage.host.verdict = (find) => new Promise((resolve) => (open = () => resolve(find())));
    device.tell({ code: 'GET', path: RPC, observe: 0, token: 'later' });
    stage.transport.stop();
    // The look-up is not over: there is nobody to tell whether the device may know that the server stops.
    expect(device.take()).toMatchObject([
      { type: NON, code: '5.03', token: 'obs' },
      { type: 'ACK', code: '5.03', token: 'asks' },
    ]);
    expect([observing.closed, asking.closed]).toEqual([1, 1]);
    asking.answer(0, '"late"');
    open();
    await settle();
    device.tell({ code: 'GET', path: ATTRIBUTES });
    stage.transport.stop();
    expect(device.take()).toEqual([]);
    expect(stage.host.openSessions).toBe(0);
    expect([stage.transport.endpointCount, stage.transport.observerCount, stage.host.timers.pending]).toEqual([
      0, 0, 0,
    ]);
  });

  test('COAP-40: outlives a host that throws, and tells the device', () => {
    const stage = new Stage();
    const device = stage.device();
    stage.host.onRequest = () => {
      throw new Error('broken');
    };
    expect(device.post(RPC, REQUEST).code).toBe('5.00');
    expect(stage.host.errors).toEqual(['A CoAP message could not be handled Error: broken']);
    expect(device.get(ATTRIBUTES).code).toBe('2.05');
  });

  test('COAP-40: outlives a host that throws at an acknowledgement', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    session.confirm = () => {
      throw new Error('broken');
    };
    call(session, 1);
    device.acknowledge(device.only());
    expect(stage.host.errors).toEqual(['A CoAP message could not be handled Error: broken']);
    expect(device.get(ATTRIBUTES).code).toBe('2.05');
  });

  test('ignores datagrams before its start', () => {
    const transport = new CoapTransport();
    const device = new Device(transport);
    transport.drain();
    transport.stop();
    expect(device.tell({ code: 'GET', path: ATTRIBUTES })).toEqual([]);
  });
});
