import type { OutgoingRpc, SessionCloseReason } from '@device-messaging/host-api';
import { JsonText } from '@device-messaging/plugin-api';
import type { BrokenPart } from '../contract/broken-part.js';
import type { TransportHarness } from '../transport-contract/transport-harness.js';
import { tokenOf } from '../transport-contract/transport-world.js';
import { spoiled, type Link, type LinkFaults } from './spoiled-transport.js';

/** A fault of a transport; `faults` is asked once for every transport, so that it can remember things. */
function brokenTransport(
  breaks: string,
  fault: string,
  faults: () => LinkFaults,
  alsoBreaks: readonly string[] = [],
): BrokenPart<TransportHarness> {
  return {
    fault,
    breaks,
    alsoBreaks,
    spoil: (harness) => ({ ...harness, transport: spoiled(harness.transport, faults()) }),
  };
}

/** What a payload says; `undefined` when it is not JSON. */
function valueOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
  } catch {
    return undefined;
  }
}

/** JSON parsed and written again: the same value, other bytes. What is not JSON stays. */
function rewritten(payload: Uint8Array): Uint8Array {
  const value = valueOf(payload);
  return value === undefined ? payload : Buffer.from(JSON.stringify(value));
}

/** Keeps the connection open although the host closed it for this reason. */
function ignoring(ignored: SessionCloseReason): LinkFaults {
  return {
    sink: ({ sink }) => ({
      close: (reason) => {
        if (reason !== ignored) sink.close(reason);
      },
    }),
  };
}

const BROKEN_REQUESTS: readonly BrokenPart<TransportHarness>[] = [
  brokenTransport('TRN-1', 'answers twice', () => ({
    sink: ({ sink }) => ({
      answer: (ref, payload, kind) => {
        sink.answer(ref, payload, kind);
        return sink.answer(ref, payload, kind);
      },
    }),
  })),
  brokenTransport(
    'TRN-1',
    'drops every tenth answer of a session',
    () => ({
      sink: ({ sink }) => {
        let count = 0;
        return { answer: (ref, payload, kind) => (++count % 10 === 0 ? 'sent' : sink.answer(ref, payload, kind)) };
      },
    }),
    // Whoever asks that often waits in vain.
    ['TRN-2', 'TRN-4', 'TRN-7'],
  ),
  brokenTransport('TRN-2', 're-serialises requests', () => ({
    session: ({ session }) => ({
      request: (ref, payload, options) => session.request(ref, rewritten(payload), options),
    }),
  })),
  brokenTransport('TRN-3', 'breaks off with a device that sends no JSON', () => ({
    session: ({ session, sink }) => ({
      request: (ref, payload, options) => {
        if (valueOf(payload) !== undefined) session.request(ref, payload, options);
        else {
          session.close();
          sink.close('HOST_STOPPING');
        }
      },
    }),
  })),
  brokenTransport('TRN-4', 'lets every other request overtake the one before', () => {
    let count = 0;
    return {
      session: ({ session }) => ({
        request: (ref, payload, options) => {
          if (count++ % 2 === 1) session.request(ref, payload, options);
          else setImmediate(() => session.request(ref, payload, options));
        },
      }),
    };
  }),
  brokenTransport('TRN-5', 'acknowledges telemetry and throws it away', () => ({
    session: () => ({ publish: () => 'accepted' }),
  })),
  brokenTransport('TRN-6', 'keeps the session of a caller that is gone until its answers are there', () => ({
    session: (link) => new OpenRequests(link).session,
    sink: (link) => new OpenRequests(link).sink,
  })),
];

/** Counts what a session still owes, over both halves of its link. */
class OpenRequests {
  private static readonly known = new WeakMap<Link, { open: number; closing: boolean }>();
  private readonly state: { open: number; closing: boolean };

  constructor(private readonly link: Link) {
    this.state = OpenRequests.known.get(link) ?? { open: 0, closing: false };
    OpenRequests.known.set(link, this.state);
  }

  get session(): Partial<Link['session']> {
    const { session } = this.link;
    return {
      request: (ref, payload, options) => {
        this.state.open++;
        session.request(ref, payload, options);
      },
      close: () => {
        this.state.closing = true;
        if (this.state.open === 0) session.close();
      },
    };
  }

  get sink(): Partial<Link['sink']> {
    const { session, sink } = this.link;
    return {
      answer: (ref, payload, kind) => {
        this.state.open--;
        if (!this.state.closing) return sink.answer(ref, payload, kind);
        if (this.state.open === 0) setImmediate(() => session.close());
        return 'sent';
      },
    };
  }
}

const BROKEN_CALLS: readonly BrokenPart<TransportHarness>[] = [
  brokenTransport(
    'TRN-7',
    're-serialises calls',
    () => ({
      sink: ({ sink }) => ({
        deliver: (call) => sink.deliver({ ...call, params: JsonText.fromValidatedBytes(rewritten(call.params.bytes)) }),
      }),
    }),
    ['TRN-25'],
  ),
  brokenTransport('TRN-8', 'takes every reply for one to the latest call', () => {
    let latest = 0;
    return {
      sink: ({ sink }) => ({
        deliver: (call) => {
          latest = Math.max(latest, call.id);
          return sink.deliver(call);
        },
      }),
      session: ({ session }) => ({
        // An id that was never given is left as it is: that one is another rule's.
        reply: (id, payload) => session.reply(id < latest ? latest : id, payload),
      }),
    };
  }),
  brokenTransport('TRN-9', 'listens from the start', () => ({
    connect: (host) => async (credentials, facts, sink) => {
      const session = await host.connect(credentials, facts, sink);
      session?.listen();
      return session;
    },
  })),
  brokenTransport('TRN-10', 'turns the order of calls that waited around', () => {
    const held = new Map<Link, OutgoingRpc[]>();
    return {
      session: (link) => ({
        listen: () => {
          const waited: OutgoingRpc[] = [];
          held.set(link, waited);
          link.session.listen();
          held.delete(link);
          for (const call of waited.reverse()) link.sink.deliver(call);
        },
      }),
      sink: (link) => ({
        deliver: (call) => {
          const waited = held.get(link);
          if (waited === undefined) return link.sink.deliver(call);
          // The host's own note forgets its params once it is handed over.
          waited.push({ ...call });
          return 'handed';
        },
      }),
    };
  }),
  brokenTransport('TRN-11', 'goes on delivering when a session listens no more', () => ({
    session: () => ({ unlisten: () => undefined }),
  })),
  brokenTransport('TRN-12', 'delivers to one session of a device only', () => {
    const first = new Map<string, Link>();
    return {
      sink: (link) => ({
        deliver: (call) => {
          if (!first.has(link.deviceId)) first.set(link.deviceId, link);
          return first.get(link.deviceId) === link ? link.sink.deliver(call) : 'handed';
        },
      }),
    };
  }),
  brokenTransport('TRN-12', 'delivers a call twice', () => ({
    sink: ({ sink }) => ({
      deliver: (call) => {
        const delivery = sink.deliver(call);
        return delivery === 'handed' ? sink.deliver(call) : delivery;
      },
    }),
  })),
  brokenTransport('TRN-13', 'takes a reply from whoever sends it', () => {
    const links = new Set<Link>();
    return {
      session: (link) => {
        links.add(link);
        return {
          reply: async (id, payload) => {
            for (const { session } of links) if (await session.reply(id, payload)) return true;
            return false;
          },
        };
      },
    };
  }),
  brokenTransport('TRN-14', 'breaks off with a device whose reply nobody wants', () => ({
    session: ({ session, sink }) => ({
      reply: async (id, payload) => {
        const wanted = await session.reply(id, payload);
        if (!wanted) {
          session.close();
          sink.close('HOST_STOPPING');
        }
        return wanted;
      },
    }),
  })),
  brokenTransport('TRN-15', 'loses calls for a device that takes none', () => ({
    sink: ({ sink }) => ({
      deliver: (call) => {
        const delivery = sink.deliver(call);
        return delivery === 'busy' ? 'handed' : delivery;
      },
    }),
  })),
  brokenTransport('TRN-16', 'says that it sent what was too large', () => ({
    sink: ({ sink }) => ({
      deliver: (call) => {
        const delivery = sink.deliver(call);
        return delivery === 'too-large' ? 'handed' : delivery;
      },
    }),
  })),
];

/** The same call with spaces for its line breaks. */
function onOneLine(call: OutgoingRpc): OutgoingRpc {
  const { id, method, deadline, params } = call;
  return { id, method, deadline, params: JsonText.fromString(params.toString().replaceAll('\n', ' ')) };
}

const BROKEN_CONNECTIONS: readonly BrokenPart<TransportHarness>[] = [
  brokenTransport('TRN-17', 'takes a device with an unknown token for another one', () => ({
    connect: (host) => async (credentials, facts, sink) => {
      const session = await host.connect(credentials, facts, sink);
      const isNobodys = credentials.secret === 'NOBODYS_TOKEN';
      return isNobodys ? host.connect({ type: 'ACCESS_TOKEN', secret: tokenOf('asker') }, facts, sink) : session;
    },
  })),
  brokenTransport('TRN-18', 'takes no connections any more once the registry failed', () => {
    let hasFailed = false;
    return {
      connect: (host) => async (credentials, facts, sink) => {
        if (hasFailed) throw new Error('The registry failed');
        try {
          return await host.connect(credentials, facts, sink);
        } catch (error) {
          hasFailed = true;
          throw error;
        }
      },
    };
  }),
  brokenTransport('TRN-19', 'keeps the session of a connection that is gone, while it listens', () => {
    const listening = new Set<Link>();
    return {
      session: (link) => ({
        listen: () => {
          listening.add(link);
          link.session.listen();
        },
        close: () => {
          if (!listening.has(link)) link.session.close();
        },
      }),
    };
  }),
  brokenTransport('TRN-20', 'ignores that credentials were revoked', () => ignoring('CREDENTIALS_REVOKED'), ['TRN-24']),
  brokenTransport('TRN-21', 'ignores that a connection was taken over', () => ignoring('TAKEN_OVER')),
  brokenTransport('TRN-22', 'breaks everything off when the host drains', () => ({
    transport: (transport) => ({ drain: () => transport.stop() }),
  })),
  brokenTransport(
    'TRN-23',
    'leaves its connections open when it stops',
    () => ({
      ...ignoring('HOST_STOPPING'),
      transport: () => ({ stop: () => undefined }),
    }),
    ['TRN-24'],
  ),
  brokenTransport('TRN-24', 'closes no connection that does not listen', () => {
    const listening = new Set<Link>();
    return {
      session: (link) => ({
        listen: () => {
          listening.add(link);
          link.session.listen();
        },
      }),
      sink: (link) => ({
        close: (reason) => {
          // A take-over replaces a connection; it is closed as before.
          if (reason === 'TAKEN_OVER' || listening.has(link)) link.sink.close(reason);
        },
      }),
    };
  }),
  brokenTransport('TRN-25', 'puts a call on one line', () => ({
    sink: ({ sink }) => ({ deliver: (call) => sink.deliver(onOneLine(call)) }),
  })),
  brokenTransport('TRN-26', 'says that a device may ask again in a second, whatever the host says', () => ({
    session: () => ({ retryAfterS: () => 1 }),
  })),
];

/** Transports for every rule, each with one fault. */
export const BROKEN_TRANSPORTS: readonly BrokenPart<TransportHarness>[] = [
  ...BROKEN_REQUESTS,
  ...BROKEN_CALLS,
  ...BROKEN_CONNECTIONS,
];
