import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import { SAMPLES } from './contract-plugin.js';
import type { TransportWorld } from './transport-world.js';

const NO_ACTIVE_CONNECTION = '{"error":"No active connection to the remote device!"}';
const TOO_LARGE = '{"error":"The message is too large for this connection!"}';

function hasLineBreaks(sample: string): boolean {
  return sample.includes('\n');
}

/** Sends the samples that `isMeant` picks to a device and back. */
async function exchangeSamples(world: TransportWorld, isMeant: (sample: string) => boolean): Promise<void> {
  const asker = await world.connect('asker');
  const target = await world.listener('target');
  for (const [sample, text] of SAMPLES.entries()) {
    if (!isMeant(text)) continue;
    const before = target.calls.length;
    const same = asker.request('exchange', JSON.stringify({ deviceId: target.device.id, sample }));
    await world.until(() => target.calls.length > before, 'the delivery of a call');
    const call = target.calls[before]!;
    assert.deepEqual([call.method, call.params], ['onMsg', text]);
    await target.client.reply(call.id, text);
    assert.equal(await same, 'true', `the reply ${text.slice(0, 40)} did not arrive as it was`);
  }
}

/** What devices are asked. */
export const CALL_RULES: readonly ContractRule<TransportWorld>[] = [
  {
    rule: 'TRN-7',
    title: 'carries calls and replies byte for byte, and the method of a call',
    run: (world) => exchangeSamples(world, (sample) => !hasLineBreaks(sample)),
  },
  {
    rule: 'TRN-8',
    title: 'gives each of a device’s calls an id of its own by which replies find it, in any order',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.listener('target');
      const bodies = ['"first"', '"second"', '"third"'];
      const answers = bodies.map((body) => asker.call(target.device, { body }));
      await world.until(() => target.calls.length === 3, 'the delivery of three calls');
      for (const { id, params } of target.calls.toReversed()) {
        assert.ok(Number.isInteger(id) && id >= 0 && id < 2 ** 31, `${id} is not an id of a call`);
        await target.client.reply(id, params);
      }
      assert.deepEqual(await world.within(Promise.all(answers)), bodies);
    },
  },
  {
    rule: 'TRN-9',
    title: 'hands calls to sessions that listen, to no others',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.connect('target');
      const answer = await world.within(asker.call(target.device, { offline: 'fail' }));
      assert.equal(answer, NO_ACTIVE_CONNECTION);
      await target.client.listen();
      const handed = await world.within(asker.call(target.device, { offline: 'fail', oneway: true, body: '1' }));
      assert.equal(handed, 'null');
      await world.settle();
      assert.deepEqual(
        target.calls.map(({ params }) => params),
        ['1'],
      );
    },
  },
  {
    rule: 'TRN-10',
    title: 'delivers the calls that waited when the device listens, in the order of their requests',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.connect('target');
      const bodies = Array.from({ length: 10 }, (_, index) => String(index));
      for (const [index, body] of bodies.entries()) {
        void asker.call(target.device, { body });
        // One after the other: not every protocol keeps the order of requests.
        await world.until(() => world.host.control.statistics().pendingCalls > index, 'the arrival of a request');
      }
      await target.client.listen();
      await world.until(() => target.calls.length === bodies.length, 'the delivery of the calls that waited');
      assert.deepEqual(
        target.calls.map(({ params }) => params),
        bodies,
      );
    },
  },
  {
    rule: 'TRN-11',
    title: 'delivers nothing once a session listens no more, and again when it does',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.listener('target');
      await target.client.unlisten();
      const answer = asker.call(target.device, { body: '1', oneway: true });
      await world.settle();
      assert.equal(await asker.echo('2'), '2');
      assert.deepEqual(target.deliveries, [], 'a call was delivered to a session that does not listen');
      await target.client.listen();
      assert.equal(await world.within(answer), 'null');
      await world.until(() => target.calls.length === 1, 'the delivery of the call that waited');
    },
  },
  {
    rule: 'TRN-12',
    title: 'hands a call to every session of the device that listens, once to each; the first reply wins',
    async run(world) {
      const asker = await world.connect('asker');
      const sessions = [await world.listener('target'), await world.listener('target'), await world.listener('target')];
      const answer = asker.call(sessions[0]!.device, { body: '"all"' });
      for (const session of sessions) assert.equal((await session.nextCall()).params, '"all"');
      const [first, second] = [sessions[1]!, sessions[0]!];
      await first.client.reply(first.deliveries[0]!.id, '"first"');
      assert.equal(await world.within(answer), '"first"');
      assert.notEqual(await second.client.reply(second.deliveries[0]!.id, '"second"'), true);
      await world.settle();
      assert.deepEqual(
        sessions.map(({ deliveries }) => deliveries.length),
        [1, 1, 1],
      );
    },
  },
  {
    rule: 'TRN-13',
    title: 'takes a reply from the called device alone',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.listener('target');
      const bystander = await world.listener('bystander');
      const answer = asker.call(target.device);
      const { id } = await target.nextCall();
      assert.notEqual(await bystander.client.reply(id, '"of another device"'), true);
      await world.settle();
      await target.client.reply(id, '"of the called device"');
      assert.equal(await world.within(answer), '"of the called device"');
    },
  },
  {
    rule: 'TRN-14',
    title: 'drops and counts a reply that comes second, late or with an unknown id, and goes on',
    async run(world) {
      const { control } = world.host;
      const asker = await world.connect('asker');
      const target = await world.listener('target');
      const answer = asker.call(target.device);
      const { id } = await target.nextCall();
      await target.client.reply(id, '1');
      assert.equal(await world.within(answer), '1');
      for (const [count, unwanted] of [id, (id + 1_000) % 2 ** 31].entries()) {
        assert.notEqual(await target.client.reply(unwanted, '2'), true);
        await world.until(() => control.statistics().droppedReplies > count, 'the drop of a reply');
      }
      assert.equal(await target.echo('3'), '3');
    },
  },
  {
    rule: 'TRN-15',
    title: 'lets calls wait for a device that takes none at the moment, loses none and keeps their order',
    needs: 'stall',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.listener('target');
      await target.client.stall?.();
      const bodies = Array.from({ length: 5 }, (_, index) => String(index));
      const answers: Promise<string>[] = [];
      for (const body of bodies) {
        answers.push(asker.call(target.device, { body, oneway: true }));
        await world.settle();
      }
      assert.ok(target.calls.length < bodies.length, 'the device took calls all the same');
      await target.client.unstall?.();
      await world.until(() => target.calls.length === bodies.length, 'the delivery of the calls that waited');
      assert.deepEqual(
        await world.within(Promise.all(answers)),
        bodies.map(() => 'null'),
      );
      assert.deepEqual(
        target.calls.map(({ params }) => params),
        bodies,
      );
    },
  },
  {
    rule: 'TRN-16',
    title: 'sends no call and no answer that the connection cannot take, and says so to the caller',
    needs: 'size-limit',
    async run(world) {
      const large = JSON.stringify('x'.repeat(2_000));
      const asker = await world.connect('asker');
      const target = await world.listener('target', { maxBytes: 500 });
      assert.equal(await world.within(asker.call(target.device, { body: large })), TOO_LARGE);
      assert.equal(await target.echo(large), TOO_LARGE);
      assert.equal(await world.within(asker.call(target.device, { body: '1', oneway: true })), 'null');
      await world.until(() => target.calls.length > 0, 'the delivery of a small call');
      assert.deepEqual(
        target.calls.map(({ params }) => params),
        ['1'],
      );
    },
  },
];

/** Apart from TRN-7 for protocols that are made of lines. */
export const LINE_BREAK_RULE: ContractRule<TransportWorld> = {
  rule: 'TRN-25',
  title: 'carries the line breaks between the tokens of a call',
  needs: 'line-breaks',
  run: (world) => exchangeSamples(world, hasLineBreaks),
};
