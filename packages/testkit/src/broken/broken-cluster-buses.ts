import type { ClusterBus } from '@device-messaging/host-api';
import type { BusCluster } from '../cluster-bus-contract/bus-rules.js';
import { withFaults, type BrokenPart } from '../contract/broken-part.js';

/** A cluster of which every bus has the fault. */
function brokenBus(breaks: string, fault: string, spoil: (bus: ClusterBus) => ClusterBus): BrokenPart<BusCluster> {
  return {
    fault,
    breaks,
    spoil: (cluster) => withFaults(cluster, { join: async () => spoil(await cluster.join()) }),
  };
}

/** One bus for every rule, each with one fault. */
export const BROKEN_CLUSTER_BUSES: readonly BrokenPart<BusCluster>[] = [
  brokenBus('BUS-1', 'has the same id on every node', (bus) => withFaults(bus, { nodeId: 'node' })),
  brokenBus('BUS-2', 'brings a message twice', (bus) =>
    withFaults(bus, {
      subscribe: (subject, handler) =>
        bus.subscribe(subject, (message) => {
          handler(message);
          handler(message);
        }),
    }),
  ),
  brokenBus('BUS-3', 'takes subjects in any case', (bus) =>
    withFaults(bus, {
      publish: (subject, payload) => bus.publish(subject.toLowerCase(), payload),
      subscribe: (subject, handler) => bus.subscribe(subject.toLowerCase(), handler),
    }),
  ),
  brokenBus('BUS-4', 'overtakes a message with the next one', (bus) => {
    let held: [string, Uint8Array] | undefined;
    let count = 0;
    return withFaults(bus, {
      publish: (subject, payload) => {
        // Every tenth message waits for the next one.
        if (++count % 10 === 0) held = [subject, payload];
        else {
          bus.publish(subject, payload);
          if (held !== undefined) bus.publish(...held);
          held = undefined;
        }
      },
    });
  }),
  brokenBus('BUS-5', 'ends all subscriptions of a subject with one', (bus) => {
    const ends = new Map<string, (() => void)[]>();
    return withFaults(bus, {
      subscribe: (subject, handler) => {
        ends.set(subject, [...(ends.get(subject) ?? []), bus.subscribe(subject, handler)]);
        return () => ends.get(subject)?.forEach((end) => end());
      },
    });
  }),
  brokenBus('BUS-6', 'takes payloads for text', (bus) =>
    withFaults(bus, {
      publish: (subject, payload) => bus.publish(subject, Buffer.from(Buffer.from(payload).toString('utf8'))),
    }),
  ),
  brokenBus('BUS-7', 'goes on after its end', (bus) => withFaults(bus, { stop: () => undefined })),
];
