import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import { SAMPLES } from './contract-plugin.js';
import type { TransportWorld } from './transport-world.js';

const encoder = new TextEncoder();

/** What is not a request: no text, no JSON, no object, no method. */
const MALFORMED: readonly (string | Uint8Array)[] = [
  'not JSON',
  '[]',
  '"text"',
  '{}',
  '{"method":1,"params":{}}',
  '{"method":"echo","params":{}',
  Uint8Array.of(...encoder.encode('{"method":"'), 0xff, ...encoder.encode('","params":{}}')),
  Uint8Array.of(0xef, 0xbb, 0xbf, ...encoder.encode('{"method":"echo","params":{}}')),
];

/** Holds what a device is told that asks too much. */
export const RETRY_AFTER_RULE: ContractRule<TransportWorld> = {
  rule: 'TRN-26',
  title: 'tells a device that asks too much when it may ask again, to the second',
  needs: 'retry-after',
  async run(world) {
    const asker = await world.connect('asker');
    await world.registry.putQuotas({ kind: 'device', id: asker.device.id }, { messagesPerSecond: 0.1 });
    assert.equal(await asker.echo('1'), '1');
    const assertLimited = async (seconds: number): Promise<void> => {
      assert.equal(await asker.echo('2'), '{"error":"Rate limit exceeded!"}');
      assert.equal(asker.client.retryAfterS?.(), seconds);
    };
    await assertLimited(10);
    await world.advance(3_500);
    await assertLimited(7);
    await world.advance(6_500);
    assert.equal(await asker.echo('3'), '3');
  },
};

/** What devices ask. */
export const REQUEST_RULES: readonly ContractRule<TransportWorld>[] = [
  {
    rule: 'TRN-1',
    title: 'answers every request once, on the session that asked',
    async run(world) {
      const [one, other] = [await world.connect('asker'), await world.connect('asker')];
      const bodies = Array.from({ length: 20 }, (_, index) => String(index));
      const answers = await Promise.all(bodies.map((body) => (Number(body) % 2 === 0 ? one : other).echo(body)));
      assert.deepEqual(answers, bodies);
      await world.settle();
      await Promise.all([one.echo('"last"'), other.echo('"last"')]);
      await world.settle();
      assert.deepEqual([...one.client.strays, ...other.client.strays], [], 'something arrived that nobody asked for');
    },
  },
  {
    rule: 'TRN-2',
    title: 'carries requests and answers byte for byte',
    async run(world) {
      const asker = await world.connect('asker');
      for (const sample of SAMPLES) assert.equal(await asker.echo(sample), sample);
    },
  },
  {
    rule: 'TRN-3',
    title: 'answers a malformed request, too, and goes on',
    async run(world) {
      const asker = await world.connect('asker');
      for (const payload of MALFORMED) {
        const answer = await asker.requestRaw(payload);
        assert.match(answer, /^\{"error":"Invalid request: .+"\}$/s);
      }
      assert.equal(await asker.echo('1'), '1');
    },
  },
  {
    rule: 'TRN-4',
    title: 'hands on the requests of a session in the order in which they came',
    needs: 'request-order',
    async run(world) {
      const asker = await world.connect('asker');
      const texts = Array.from({ length: 40 }, (_, index) => `note ${index}`);
      await Promise.all(texts.map((text) => asker.request('note', JSON.stringify({ text }))));
      assert.deepEqual(JSON.parse(await asker.request('notes')), texts);
    },
  },
  {
    rule: 'TRN-5',
    title: 'offers telemetry and attributes to the rules, byte for byte',
    needs: 'publish',
    async run(world) {
      const asker = await world.connect('asker');
      await asker.client.publish?.('POST_TELEMETRY', '{"temperature":1.10}');
      await asker.client.publish?.('POST_ATTRIBUTES', '{ "serial" : 12345678901234567890 }');
      await world.settle();
      const notes = JSON.parse(await asker.request('notes')) as string[];
      assert.deepEqual(new Set(notes), new Set(['{"temperature":1.10}', '{ "serial" : 12345678901234567890 }']));
    },
  },
  {
    rule: 'TRN-6',
    title: 'drops the answer of a caller that is gone; its message is delivered all the same',
    needs: 'departure',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.connect('target');
      void asker.call(target.device, { body: '"of one who left"' });
      await world.until(() => world.host.control.statistics().pendingCalls === 1, 'the arrival of the request');
      await asker.client.close();
      await asker.untilClosed('that its client closed');
      await world.settle();
      const again = await world.connect('asker');
      await target.client.listen();
      const call = await target.nextCall();
      assert.equal(call.params, '"of one who left"');
      await target.client.reply(call.id, '1');
      const { control } = world.host;
      await world.until(() => control.statistics().droppedAnswers === 1, 'the drop of the answer');
      assert.equal(await again.echo('2'), '2');
      assert.ok(!again.client.strays.includes('1'), 'another session got the answer');
    },
  },
];
