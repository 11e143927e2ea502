import type { FakeDevice } from '../transport/fake-device.js';
import { InMemoryTransport } from '../transport/in-memory-transport.js';
import type { TransportClient, TransportHarness } from './transport-harness.js';

/** The harness of {@link InMemoryTransport}; the shortest example of one. */
export function inMemoryHarness(): TransportHarness {
  const transport = new InMemoryTransport();
  return {
    transport,
    connect: async (token, options = {}) => clientOf(await transport.connect(token, options)),
  };
}

function clientOf(device: FakeDevice): TransportClient {
  return {
    request: (payload) => device.requestRaw(payload),
    listen: () => device.listen(),
    unlisten: () => device.unlisten(),
    onCall: (receive) => device.onCall(receive),
    reply: (id, payload) => device.reply(id, payload),
    close: () => device.disconnect(),
    closed: device.closed,
    strays: device.strays,
    stall: () => {
      device.busy = true;
    },
    unstall: () => {
      device.busy = false;
    },
    publish: (type, payload) => {
      device.publish(type, payload);
    },
    retryAfterS: () => device.retryAfterS(),
  };
}
