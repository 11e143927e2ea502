import type { BusMessage, ClusterBus } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';

/** A cluster of its own for one rule. */
export interface BusCluster {
  /** A bus of a new node, not started yet. */
  join(): Awaitable<ClusterBus>;
  /** Returns when subscriptions hold everywhere and what was published has reached its handlers. */
  settle(): Awaitable<void>;
}

async function joined(cluster: BusCluster): Promise<ClusterBus> {
  const bus = await cluster.join();
  await bus.start();
  return bus;
}

/** A list that fills with what arrives. */
function listen(bus: ClusterBus, subject: string): { texts: string[]; messages: BusMessage[]; end(): void } {
  const texts: string[] = [];
  const messages: BusMessage[] = [];
  const end = bus.subscribe(subject, (message) => {
    texts.push(Buffer.from(message.payload).toString());
    messages.push(message);
  });
  return { texts, messages, end };
}

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** The rules of `docs/spec/cluster-bus.md`. */
export const CLUSTER_BUS_RULES: readonly ContractRule<BusCluster>[] = [
  {
    rule: 'BUS-1',
    title: 'gives every node an id of its own, which its messages bear',
    async run(cluster) {
      const [one, other] = [await joined(cluster), await joined(cluster)];
      assert.notEqual(one.nodeId, '');
      assert.notEqual(one.nodeId, other.nodeId);
      const heard = listen(one, 'subject');
      await cluster.settle();
      one.publish('subject', Buffer.from('one'));
      other.publish('subject', Buffer.from('other'));
      await cluster.settle();
      const senders = new Map(heard.messages.map((message, index) => [heard.texts[index], message.nodeId]));
      assert.deepEqual(
        senders,
        new Map([
          ['one', one.nodeId],
          ['other', other.nodeId],
        ]),
      );
    },
  },
  {
    rule: 'BUS-2',
    title: 'brings a message to every node that subscribed, the publisher included, once to each subscription',
    async run(cluster) {
      const [one, other, third] = [await joined(cluster), await joined(cluster), await joined(cluster)];
      const heard = [
        listen(one, 'subject'),
        listen(one, 'subject'),
        listen(other, 'subject'),
        listen(third, 'subject'),
      ];
      await cluster.settle();
      one.publish('subject', Buffer.from('message'));
      await cluster.settle();
      assert.deepEqual(
        heard.map(({ texts }) => texts),
        [['message'], ['message'], ['message'], ['message']],
      );
    },
  },
  {
    rule: 'BUS-3',
    title: 'brings a message to its own subject alone',
    async run(cluster) {
      const [one, other] = [await joined(cluster), await joined(cluster)];
      const heard = ['device.1', 'device.1.online', 'device', 'Device.1'].map((subject) => listen(other, subject));
      await cluster.settle();
      one.publish('device.1', Buffer.from('message'));
      await cluster.settle();
      assert.deepEqual(
        heard.map(({ texts }) => texts.length > 0),
        [true, false, false, false],
      );
    },
  },
  {
    rule: 'BUS-4',
    title: 'brings the messages of one node on one subject in order, also those that a handler publishes',
    async run(cluster) {
      const [one, other] = [await joined(cluster), await joined(cluster)];
      let published = 0;
      let answered = false;
      const publish = (): void => one.publish('subject', Buffer.from(String(published++)));
      one.subscribe('subject', ({ payload }) => {
        if (Buffer.from(payload).toString() === '0' && !answered) publish();
        answered = true;
      });
      const heard = [listen(one, 'subject'), listen(other, 'subject')];
      await cluster.settle();
      for (let count = 0; count < 100; count++) publish();
      await cluster.settle();
      assert.equal(published, 101);
      const inOrder = Array.from({ length: published }, (_, index) => String(index));
      for (const { texts } of heard) assert.deepEqual([...new Set(texts)], inOrder);
    },
  },
  {
    rule: 'BUS-5',
    title: 'brings nothing to a subscription that ended, and goes on with the others of its subject',
    async run(cluster) {
      const [one, other] = [await joined(cluster), await joined(cluster)];
      const ended = listen(other, 'subject');
      const lasting = listen(other, 'subject');
      await cluster.settle();
      ended.end();
      ended.end();
      one.publish('subject', Buffer.from('message'));
      await cluster.settle();
      assert.deepEqual(ended.texts, []);
      assert.ok(lasting.texts.includes('message'), 'another subscription of the subject ended, too');
    },
  },
  {
    rule: 'BUS-6',
    title: 'carries any bytes unchanged, none at all and many',
    async run(cluster) {
      const [one, other] = [await joined(cluster), await joined(cluster)];
      const heard = listen(other, 'subject');
      await cluster.settle();
      const payloads = [new Uint8Array(), ALL_BYTES, new Uint8Array(256 * 1024).fill(0xa5)];
      for (const payload of payloads) one.publish('subject', payload);
      await cluster.settle();
      const arrived = new Set(heard.messages.map(({ payload }) => Buffer.from(payload).toString('hex')));
      assert.deepEqual(arrived, new Set(payloads.map((payload) => Buffer.from(payload).toString('hex'))));
    },
  },
  {
    rule: 'BUS-7',
    title: 'brings what was published before it stopped; afterwards its subscriptions are over and it says nothing',
    async run(cluster) {
      const [one, other] = [await joined(cluster), await joined(cluster)];
      const [own, others] = [listen(one, 'subject'), listen(other, 'subject')];
      await cluster.settle();
      one.publish('subject', Buffer.from('last'));
      await one.stop();
      one.publish('subject', Buffer.from('after its end'));
      other.publish('subject', Buffer.from('after'));
      await cluster.settle();
      assert.ok(!own.texts.includes('after'), 'a stopped bus still brings messages');
      assert.deepEqual([...new Set(others.texts)].sort(), ['after', 'last']);
    },
  },
];
