import { describe, expect, test } from '@jest/globals';
import { LocalClusterBus } from './local-cluster-bus.js';
import { LocalNetwork } from './local-network.js';

function startedBus(network?: LocalNetwork): LocalClusterBus {
  const bus = new LocalClusterBus(network);
  bus.start();
  return bus;
}

describe('LocalClusterBus', () => {
  test('delivers before publish returns', () => {
    const bus = startedBus();
    const heard: string[] = [];
    bus.subscribe('subject', ({ payload }) => heard.push(Buffer.from(payload).toString()));
    bus.publish('subject', Buffer.from('now'));
    expect(heard).toEqual(['now']);
  });

  test('is a cluster of one node unless it shares a network', () => {
    const [one, other] = [startedBus(), startedBus()];
    let heard = 0;
    other.subscribe('subject', () => heard++);
    one.publish('subject', Buffer.from('message'));
    expect(heard).toBe(0);
  });

  test('delivers to a subscription that a handler made or ended as it stands at the delivery', () => {
    const bus = startedBus();
    const heard: string[] = [];
    bus.subscribe('subject', () => {
      end();
      bus.subscribe('subject', () => heard.push('late'));
    });
    const end = bus.subscribe('subject', () => heard.push('ended'));
    bus.publish('subject', new Uint8Array());
    expect(heard).toEqual([]);
  });

  test('takes a node id', () => {
    expect(new LocalClusterBus(new LocalNetwork(), 'node-1').nodeId).toBe('node-1');
  });

  test('says so when it is used before it was started, or started twice', () => {
    const bus = new LocalClusterBus();
    expect(() => bus.publish('subject', new Uint8Array())).toThrow('call start() first');
    expect(() => bus.subscribe('subject', () => undefined)).toThrow('call start() first');
    bus.start();
    expect(() => bus.start()).toThrow('A cluster bus is started once');
  });

  test('ignores what comes after its end', () => {
    const bus = startedBus();
    bus.stop();
    let heard = 0;
    const end = bus.subscribe('subject', () => heard++);
    bus.publish('subject', new Uint8Array());
    end();
    expect(heard).toBe(0);
  });

  test('a handler that throws spares the publisher and the other subscribers, and is told of', () => {
    const warnings: string[] = [];
    const bus = startedBus(new LocalNetwork((message, error) => warnings.push(`${message}: ${String(error)}`)));
    let heard = 0;
    bus.subscribe('subject', () => {
      throw new Error('thrown by a handler');
    });
    bus.subscribe('subject', () => heard++);
    bus.publish('subject', new Uint8Array());
    bus.publish('subject', new Uint8Array());
    expect(heard).toBe(2);
    expect(warnings).toEqual(Array(2).fill('A handler of the subject "subject" threw: Error: thrown by a handler'));
  });
});
