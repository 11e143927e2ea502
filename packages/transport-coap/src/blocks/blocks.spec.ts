import { settle } from '@device-messaging/testkit';
import { describe, expect, test } from '@jest/globals';
import type { Block, Message, Received } from '../spec-support/packet.js';
import { call, RPC, Stage, type Device } from '../spec-support/stage.js';

const BODY = `{"method":"x","params":"${'0123456789'.repeat(30)}"}`;
/** 16 << 2 is 64 bytes. */
const SZX = 2;

/** The blocks of a body, as requests. */
function blocksOf(body: string, szx = SZX, more: Message = {}): Message[] {
  const size = 16 << szx;
  return Array.from({ length: Math.ceil(body.length / size) }, (_, num) => ({
    code: 'POST',
    path: RPC,
    payload: body.slice(num * size, (num + 1) * size),
    block1: [num, (num + 1) * size < body.length, szx] as const,
    ...more,
  }));
}

function answering(stage: Stage, answer: string): Stage {
  stage.host.onRequest = (session) => session.answer(0, answer);
  return stage;
}

/** Fetches what follows a first block, each with a token of its own, and gives the whole. */
function fetchRest(device: Device, first: Received, code: string, szx = first.block2![2], path = RPC): string {
  let text = first.payload;
  for (let last = first; last.block2?.[1] === true;) {
    last = device.ask({ code, path, token: `f${text.length}`, block2: [text.length / (16 << szx), false, szx] });
    expect(last).toMatchObject({ code: '2.05', format: 50, etag: first.etag });
    expect(last.observe).toBeUndefined();
    text += last.payload;
  }
  return text;
}

describe('a body in blocks', () => {
  test('COAP-30: is put together, with a new token for every block', () => {
    const stage = answering(new Stage(), '1');
    const device = stage.device();
    const blocks = blocksOf(BODY);
    const responses = blocks.map((block, index) => device.ask({ ...block, token: `t${index}` }));
    const last = responses.pop()!;
    for (const [index, response] of responses.entries()) {
      expect(response).toMatchObject({ code: '2.31', token: `t${index}`, block1: [index, true, SZX] });
    }
    expect(last).toMatchObject({ code: '2.05', payload: '1', block1: [blocks.length - 1, false, SZX] });
    expect(stage.session.requests).toMatchObject([{ payload: BODY }]);
    expect(stage.host.openSessions).toBe(0);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])('COAP-30: may have blocks of any size: SZX %i', (szx) => {
    const stage = answering(new Stage(), '1');
    const device = stage.device();
    const body = BODY.repeat(10);
    const responses = blocksOf(body, szx).map((block) => device.ask(block));
    expect(responses.at(-1)!.code).toBe('2.05');
    expect(stage.session.requests).toMatchObject([{ payload: body }]);
  });

  test('COAP-30: may come in smaller blocks from some block on', () => {
    const stage = answering(new Stage(), '1');
    const device = stage.device();
    const body = 'x'.repeat(200);
    const send = (num: number, more: boolean, szx: number): string => {
      const size = 16 << szx;
      const payload = body.slice(num * size, (num + 1) * size);
      return device.post(RPC, payload, { block1: [num, more, szx] }).code;
    };
    const codes = [send(0, true, 2), send(4, true, 0), send(5, true, 0), send(2, true, 2), send(3, true, 1)];
    expect(codes).toEqual(['2.31', '2.31', '2.31', '4.08', '2.31']);
    expect([send(2, true, 2), send(3, false, 2)]).toEqual(['2.31', '2.05']);
    expect(stage.session.requests).toMatchObject([{ payload: body }]);
  });

  test('COAP-30: may be a reply, telemetry, and one block alone', () => {
    const stage = new Stage();
    const device = stage.device();
    for (const block of blocksOf(BODY, SZX, { path: `${RPC}/3` })) device.ask(block);
    expect(stage.session.replies).toEqual([[3, BODY]]);
    for (const block of blocksOf(BODY, SZX, { path: 'api/v1/token/telemetry' })) device.ask(block);
    expect(stage.session.published).toEqual([['POST_TELEMETRY', BODY]]);
    expect(device.post('api/v1/token/telemetry', '{}', { block1: [0, false, 6] })).toMatchObject({
      code: '2.04',
      block1: [0, false, 6],
    });
  });

  test('COAP-31: is not harmed by a block that comes twice', () => {
    const stage = answering(new Stage(), '1');
    const device = stage.device();
    const blocks = blocksOf(BODY);
    for (const block of blocks.slice(0, -1))
      expect([device.ask(block).code, device.ask(block).code]).toEqual(['2.31', '2.31']);
    // The first one anew would begin anew; the second is only late.
    expect(device.ask(blocks[1]!).code).toBe('2.31');
    expect(device.ask(blocks.at(-1)!).code).toBe('2.05');
    expect(stage.session.requests).toMatchObject([{ payload: BODY }]);
  });

  test('COAP-31: with a block missing is 4.08, and may go on where it was', () => {
    const stage = answering(new Stage(), '1');
    const device = stage.device();
    const blocks = blocksOf(BODY);
    expect(device.ask(blocks[1]!).code).toBe('4.08');
    device.ask(blocks[0]!);
    expect(device.ask(blocks[2]!)).toMatchObject({ code: '4.08', block1: [2, true, SZX] });
    expect(device.ask(blocks.at(-1)!).code).toBe('4.08');
    for (const block of blocks.slice(1)) device.ask(block);
    expect(stage.session.requests).toMatchObject([{ payload: BODY }]);
  });

  test('COAP-31: is told from others by endpoint, path and request tag', () => {
    const stage = answering(new Stage(), '1');
    const [device, other] = [stage.device(), stage.device()];
    const uploads = [
      { from: device, body: 'a'.repeat(100), more: {} },
      { from: other, body: 'b'.repeat(100), more: {} },
      { from: device, body: 'c'.repeat(100), more: { path: `${RPC}/1` } },
      { from: device, body: 'd'.repeat(100), more: { requestTag: '1' } },
      { from: device, body: 'e'.repeat(100), more: { requestTag: '2' } },
    ].map(({ from, body, more }) => ({ from, blocks: blocksOf(body, SZX, more) }));
    for (const index of [0, 1]) for (const { from, blocks } of uploads) from.ask(blocks[index]!);
    const bodies = stage.host.sessions.flatMap(({ requests, replies }) => [
      ...requests.map(({ payload }) => payload[0]),
      ...replies.map(([, payload]) => payload[0]),
    ]);
    expect(bodies).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('COAP-31: is forgotten when its next block does not come within a minute', () => {
    const stage = new Stage();
    const device = stage.device();
    const [first, second, third, fourth] = blocksOf(BODY) as [Message, Message, Message, Message];
    device.ask(first);
    for (const block of [second, third]) {
      stage.advance(59_999);
      expect(device.ask(block).code).toBe('2.31');
    }
    stage.advance(60_000);
    expect(device.ask(fourth).code).toBe('4.08');
  });

  test('COAP-32: that is too large is 4.13 with the limit, as soon as that shows', () => {
    const stage = new Stage({ maxBodyBytes: 150 });
    const device = stage.device();
    const [first, second, third] = blocksOf(BODY) as [Message, Message, Message];
    const announced = device.ask({ ...first, size1: 151 });
    expect(announced).toMatchObject({ code: '4.13', size1: 150, block1: [0, true, SZX] });
    expect(device.ask(second).code).toBe('4.08');
    expect([device.ask({ ...first, size1: 150 }).code, device.ask(second).code]).toEqual(['2.31', '2.31']);
    expect(device.ask(third)).toMatchObject({ code: '4.13', size1: 150 });
    expect(device.ask(third).code).toBe('4.08');
    expect(device.post(RPC, 'x'.repeat(256), { block1: [0, true, 4] })).toMatchObject({ code: '4.13', size1: 150 });
  });

  test.each<[string, Block, number]>([
    ['SZX 7', [0, true, 7], 16],
    ['fewer bytes than it says, and more to come', [0, true, 0], 15],
    ['more bytes than it says', [0, true, 0], 17],
    ['more bytes than it says, at the end', [1, false, 0], 17],
  ])('COAP-33: with %s is 4.00', (_, block1, bytes) => {
    const stage = new Stage();
    const refused = stage.device().post(RPC, 'x'.repeat(bytes), { block1 });
    expect(refused).toMatchObject({ code: '4.00', format: 50 });
    expect(refused.payload).toMatch(/^\{"error":"Invalid request: .*lock.*"\}$/);
    expect(stage.host.credentials).toEqual([]);
  });

  test('COAP-33: with a Block option of four bytes is 4.02, and Block2 with SZX 7 4.00', () => {
    const device = new Stage().device();
    for (const number of [23, 27]) {
      expect(device.post(RPC, 'x', { others: [[number, Buffer.alloc(4, 1)]] }).code).toBe('4.02');
    }
    expect(device.post(RPC, 'x', { block2: [0, false, 7] }).code).toBe('4.00');
  });

  test('COAP-36: is given up for newer ones of its endpoint, and for those of others', () => {
    const stage = new Stage({ maxUploadsPerEndpoint: 2, maxUploadBytes: 65_536, maxBodyBytes: 60_000 });
    const [device, other] = [stage.device(), stage.device()];
    const begin = (from: Device, requestTag: string): unknown =>
      from.post(RPC, Buffer.alloc(1024), { block1: [0, true, 6], requestTag });
    const goOn = (from: Device, requestTag: string, num = 1): string =>
      from.post(RPC, Buffer.alloc(1024), { block1: [num, true, 6], requestTag }).code;
    for (const tag of ['a', 'b', 'c']) begin(device, tag);
    expect(['a', 'b', 'c'].map((tag) => goOn(device, tag))).toEqual(['4.08', '2.31', '2.31']);
    begin(other, 'd');
    for (let num = 1; num < 58; num += 1) expect(goOn(other, 'd', num)).toBe('2.31');
    begin(device, 'c');
    for (let num = 1; num < 8; num += 1) goOn(device, 'c', num);
    expect(goOn(device, 'b', 2)).toBe('4.08');
  });
});

describe('an answer that does not fit one datagram', () => {
  const ANSWER = JSON.stringify('0123456789'.repeat(500));

  test('COAP-34: is fetched block by block, with a new token for every block', () => {
    const stage = answering(new Stage(), ANSWER);
    const device = stage.verified();
    const first = device.post(RPC, '{}', { token: 'a' });
    expect(first).toMatchObject({ code: '2.05', format: 50, block2: [0, true, 6], size2: ANSWER.length });
    expect(first.payload).toHaveLength(1024);
    expect(fetchRest(device, first, 'POST')).toBe(ANSWER);
    expect(stage.host.sessions).toHaveLength(1);
  });

  test('COAP-34: comes in blocks as small as the client wants, from the first or from a later one on', () => {
    const stage = answering(new Stage(), ANSWER);
    const device = stage.verified();
    const first = device.post(RPC, '{}', { block2: [0, false, 1] });
    expect(first.block2).toEqual([0, true, 1]);
    expect(fetchRest(device, first, 'POST')).toBe(ANSWER);
    expect(fetchRest(device, device.post(RPC, '{}'), 'POST', 3)).toBe(ANSWER);
  });

  test('COAP-34: may be the answer to a body that came in blocks, and come separately', () => {
    const stage = new Stage();
    const device = stage.verified();
    const blocks = blocksOf(BODY);
    for (const block of blocks.slice(0, -1)) device.ask(block);
    expect(device.tell(blocks.at(-1)!)).toEqual([]);
    stage.advance(50);
    device.take();
    stage.answer(ANSWER);
    const first = device.only();
    expect(first).toMatchObject({ type: 'CON', block1: [blocks.length - 1, false, SZX], block2: [0, true, 6] });
    device.acknowledge(first);
    expect(fetchRest(device, first, 'POST')).toBe(ANSWER);
  });

  test('COAP-35: is told from another one of the path by the token, else by how far it is', () => {
    const stage = new Stage();
    const device = stage.verified();
    const answers = ['a', 'b'].map((letter) => JSON.stringify(letter.repeat(5_000)));
    const firsts = answers.map((answer, index) => {
      stage.host.onRequest = (session) => session.answer(0, answer);
      return device.post(RPC, '{}', { token: `t${index}` });
    });
    const next = (num: number, token: string): string =>
      device.ask({ code: 'POST', path: RPC, token, block2: [num, false, 6] }).etag!;
    expect(next(1, 't0')).toBe(firsts[0]!.etag);
    expect(next(1, 'new')).toBe(firsts[1]!.etag);
    expect(next(2, 't0')).toBe(firsts[0]!.etag);
    expect(next(3, 'new')).toBe(firsts[0]!.etag);
    expect(next(2, 'new')).toBe(firsts[1]!.etag);
    expect(next(4, 't1')).toBe(firsts[1]!.etag);
  });

  test('COAP-35: is of its endpoint, path and method alone', () => {
    const stage = answering(new Stage(), ANSWER);
    const [device, other] = [stage.verified(), stage.verified()];
    device.post(RPC, '{}', { token: 'a' });
    const block2 = [1, false, 6] as const;
    expect(other.ask({ code: 'POST', path: RPC, token: 'a', block2 }).code).toBe('4.08');
    expect(device.ask({ code: 'GET', path: RPC, token: 'a', block2 }).code).toBe('4.08');
    expect(device.ask({ code: 'POST', path: 'api/v1/token2/rpc', token: 'a', block2 }).code).toBe('4.08');
    expect(device.ask({ code: 'POST', path: RPC, token: 'a', block2 }).code).toBe('2.05');
  });

  test('COAP-36: is kept for a minute after its last block, and no longer', () => {
    const stage = answering(new Stage(), ANSWER);
    const device = stage.verified();
    device.post(RPC, '{}');
    const next = (num: number): string => device.ask({ code: 'POST', path: RPC, block2: [num, false, 6] }).code;
    for (const num of [1, 2, 3, 4]) {
      stage.advance(59_999);
      expect(next(num)).toBe('2.05');
    }
    expect(next(5)).toBe('4.00');
    stage.advance(60_000);
    expect(next(4)).toBe('4.08');
  });

  test('COAP-36: gives way to newer ones of its endpoint', () => {
    const stage = answering(new Stage({ maxDownloadsPerEndpoint: 2 }), ANSWER);
    const device = stage.verified();
    for (const token of ['a', 'b', 'c']) device.post(RPC, '{}', { token });
    for (const token of ['c', 'b'])
      expect(device.ask({ code: 'POST', path: RPC, token, block2: [1, false, 6] }).code).toBe('2.05');
    const etags = ['a', 'b'].map((token) => device.ask({ code: 'POST', path: RPC, token, block2: [2, false, 6] }).etag);
    expect(etags[0]).toBe(etags[1]);
  });

  test('COAP-36: that is larger than what is kept for an endpoint is too large', () => {
    const stage = new Stage({ maxDownloadBytesPerEndpoint: 65_536 });
    const { device, session } = stage.observer();
    device.tell({ code: 'POST', path: RPC, payload: '{}' });
    expect(stage.session.answer(0, 'x'.repeat(65_537))).toBe('too-large');
    expect(stage.session.answer(0, 'x'.repeat(65_536))).toBe('sent');
    expect(call(session, 1, JSON.stringify('x'.repeat(65_536)))).toBe('too-large');
    expect(call(session, 1, JSON.stringify('x'.repeat(65_000)))).toBe('unconfirmed');
  });
});

describe('a call that does not fit one datagram', () => {
  const PARAMS = JSON.stringify('0123456789'.repeat(300));
  const WHOLE = `{"id":1,"method":"onMsg","params":${PARAMS}}`;

  test('COAP-37: is handed over when it was acknowledged and fetched whole', () => {
    const { device, session } = new Stage().observer();
    expect(call(session, 1, PARAMS)).toBe('unconfirmed');
    const first = device.only();
    expect(first).toMatchObject({ token: 'obs', block2: [0, true, 6], size2: WHOLE.length });
    expect(device.acknowledge(first)).toEqual([]);
    expect([session.confirmed, call(session, 2)]).toEqual([[], 'busy']);
    const resumed: (readonly number[])[] = [];
    session.onResume = () => resumed.push([...session.confirmed]);
    expect(fetchRest(device, first, 'GET')).toBe(WHOLE);
    expect([session.confirmed, resumed]).toEqual([[1], [[1]]]);
    expect(call(session, 2)).toBe('unconfirmed');
  });

  test('COAP-37: needs no acknowledgement from who asks for the rest of it', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1, PARAMS);
    expect(fetchRest(device, device.only(), 'GET')).toBe(WHOLE);
    expect(session.confirmed).toEqual([1]);
    stage.advance(100_000);
    expect(device.take()).toEqual([]);
    expect(session.confirmed).toEqual([1]);
  });

  test('COAP-37: is not handed over when its next block is not asked for within 30 s', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1, PARAMS);
    device.acknowledge(device.only());
    expect(call(session, 2)).toBe('busy');
    stage.advance(29_999);
    device.get(RPC, { block2: [1, false, 6] });
    stage.advance(29_999);
    expect([session.failed, session.resumed]).toEqual([[], 0]);
    stage.advance(1);
    expect([session.failed, session.resumed, session.confirmed, session.closed]).toEqual([[1], 1, [], 0]);
    expect(device.get(RPC, { block2: [2, false, 6] }).code).toBe('4.08');
    expect(call(session, 2)).toBe('unconfirmed');
  });

  test('COAP-37: is not fetched whole when a block was left out', () => {
    const { device, session } = new Stage().observer();
    call(session, 1, PARAMS);
    device.acknowledge(device.only());
    device.get(RPC, { block2: [2, false, 6] });
    expect(session.confirmed).toEqual([]);
    device.get(RPC, { block2: [1, false, 6] });
    expect(session.confirmed).toEqual([]);
    device.get(RPC, { block2: [2, false, 6] });
    expect(session.confirmed).toEqual([1]);
  });

  test('COAP-37: is not taken for one that was fetched before', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    call(session, 1, PARAMS);
    const before = device.only();
    device.acknowledge(before);
    fetchRest(device, before, 'GET');
    stage.advance(20_000);
    call(session, 2, JSON.stringify('x'.repeat(5_000)));
    device.acknowledge(device.only());
    for (const num of [1, 2]) {
      device.get(RPC, { block2: [num, false, 6] });
      // The body of the first call is forgotten in between.
      stage.advance(25_000);
    }
    expect([session.confirmed, session.failed]).toEqual([[1], []]);
    for (const num of [3, 4]) device.get(RPC, { block2: [num, false, 6] });
    expect([session.confirmed, session.failed]).toEqual([[1, 2], []]);
  });

  test('COAP-37: may be fetched by its token, while others of the endpoint are', () => {
    const stage = new Stage();
    const { device, session } = stage.observer();
    device.observe('two');
    const other = stage.session;
    call(session, 1, JSON.stringify('a'.repeat(1500)));
    call(other, 1, JSON.stringify('b'.repeat(1500)));
    for (const notification of device.take()) device.acknowledge(notification);
    expect(device.get(RPC, { token: 'obs', block2: [1, false, 6] }).payload).toMatch(/^a+"}$/);
    expect([session.confirmed, other.confirmed]).toEqual([[1], []]);
    expect(device.get(RPC, { token: 'two', block2: [1, false, 6] }).payload).toMatch(/^b+"}$/);
    expect(other.confirmed).toEqual([1]);
  });

  test('COAP-37: comes in blocks as small as the observer asked for', () => {
    const { device, session } = new Stage().observer({ block2: [0, false, 3] });
    call(session, 1, PARAMS);
    const first = device.only();
    expect(first.block2).toEqual([0, true, 3]);
    device.acknowledge(first);
    expect(fetchRest(device, first, 'GET')).toBe(WHOLE);
    // Refreshed, it asks for others.
    device.observe('obs', { block2: [0, false, 1] });
    call(session, 2, PARAMS);
    expect(device.only().block2).toEqual([0, true, 1]);
  });

  test('COAP-37: that is not kept any more was not handed over', () => {
    const stage = new Stage({ maxDownloadsPerEndpoint: 1 });
    const { device, session } = stage.observer();
    call(session, 1, PARAMS);
    device.acknowledge(device.only());
    stage.host.onRequest = (asking) => asking.answer(0, PARAMS);
    device.post(RPC, '{}');
    expect([session.failed, session.closed]).toEqual([[1], 0]);
  });

  test('COAP-37: of an observation that ends meanwhile was not handed over', async () => {
    const { device, session } = new Stage().observer();
    call(session, 1, PARAMS);
    device.acknowledge(device.only());
    device.get(RPC, { observe: 1, token: 'obs' });
    await settle();
    expect([session.failed, session.closed]).toEqual([[1], 1]);
    expect(device.get(RPC, { block2: [1, false, 6] }).code).toBe('4.08');
  });
});

describe('an address that may be forged', () => {
  const LARGE = JSON.stringify('x'.repeat(3_000));

  test.each([10, 60, 200, 700])('COAP-38: gets at most three times its request of %i bytes, or 512 bytes', (bytes) => {
    const stage = answering(new Stage(), LARGE);
    const device = stage.device();
    const first = device.post(RPC, 'x'.repeat(bytes), { token: '12345678' });
    expect(first.length).toBeLessThanOrEqual(Math.max(512, 3 * (bytes + 40)));
    expect(first.length).toBeGreaterThan(256);
    expect(fetchRest(device, first, 'POST')).toBe(LARGE);
  });

  test('COAP-38: gets what is smaller than that in one datagram', () => {
    const stage = answering(new Stage(), JSON.stringify('x'.repeat(440)));
    const answer = stage.device().post(RPC, '{}');
    expect(answer.block2).toBeUndefined();
    expect(answer.length).toBeLessThanOrEqual(512);
  });

  test('COAP-38: is not one any more when it acknowledged a message, or asked for a second block', () => {
    const stage = answering(new Stage(), LARGE);
    const [device, other] = [stage.verified(), stage.device()];
    expect(device.post(RPC, '{}').block2).toEqual([0, true, 6]);
    const first = other.post(RPC, '{}');
    expect(first.block2).toEqual([0, true, 4]);
    fetchRest(other, first, 'POST');
    expect(other.post(RPC, '{}').block2).toEqual([0, true, 6]);
  });

  test('COAP-38: is still one when it asked for a second block of nothing', () => {
    const stage = answering(new Stage(), LARGE);
    const device = stage.device();
    expect(device.ask({ code: 'POST', path: RPC, block2: [1, false, 6] }).code).toBe('4.08');
    expect(device.post(RPC, '{}').block2).toEqual([0, true, 4]);
  });

  test('COAP-38: gets calls in small blocks, too', () => {
    const stage = new Stage();
    const device = stage.device();
    device.observe('obs');
    call(stage.session, 1, LARGE);
    const first = device.only();
    expect(first.length).toBeLessThanOrEqual(512);
    device.acknowledge(first);
    fetchRest(device, first, 'GET');
    call(stage.session, 2, LARGE);
    expect(device.only().block2).toEqual([0, true, 6]);
  });

  test('COAP-39: gets a call twice more at most, then its observation has ended', () => {
    const stage = new Stage();
    const device = stage.device();
    device.observe('obs');
    call(stage.session, 1, LARGE);
    stage.advance(3_000 * 7);
    const sent = device.take();
    expect(sent).toHaveLength(3);
    expect(sent.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(3 * 512);
    expect([stage.session.failed, stage.session.closed]).toEqual([[1], 1]);
  });

  test('COAP-39: is asked for a sign of life 15 s after it began to observe', () => {
    const stage = new Stage();
    const device = stage.device();
    device.observe('obs');
    stage.advance(14_999);
    expect(device.take()).toEqual([]);
    stage.advance(1);
    device.reset(device.only());
    stage.advance(299_999);
    expect(device.take()).toEqual([]);
    stage.advance(1);
    expect(device.only()).toMatchObject({ type: 'CON', code: '0.00' });
  });
});
