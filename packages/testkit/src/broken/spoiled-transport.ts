import type {
  DeviceCredentials,
  DeviceSession,
  SessionFacts,
  SessionSink,
  Transport,
  TransportHost,
} from '@device-messaging/host-api';
import { withFaults } from '../contract/broken-part.js';

/** Both ends of one session, between the host and the transport. */
export interface Link {
  /** What the transport talks to. */
  readonly session: DeviceSession;
  /** What the host talks to. */
  readonly sink: SessionSink;
  /** To whom the session belongs. */
  readonly deviceId: string;
}

/** The faults of a transport, put between it and its host: they work with every transport. */
export interface LinkFaults {
  /** What the transport does wrong on its way to the host. */
  session?(link: Link): Partial<DeviceSession>;
  /** What it does wrong with what comes from the host. */
  sink?(link: Link): Partial<SessionSink>;
  /** What it does wrong when it connects. */
  connect?: (host: TransportHost) => TransportHost['connect'];
  /** What it does wrong as a whole. */
  transport?(transport: Transport): Partial<Transport>;
}

/** `transport` with faults. */
export function spoiled(transport: Transport, faults: LinkFaults): Transport {
  return withFaults(transport, {
    ...faults.transport?.(transport),
    start: (host) => transport.start(withFaults(host, { connect: connectWith(host, faults) })),
  });
}

function connectWith(host: TransportHost, faults: LinkFaults): TransportHost['connect'] {
  const connect = faults.connect?.(host) ?? ((...link) => host.connect(...link));
  return async (
    credentials: DeviceCredentials,
    facts: SessionFacts,
    sink: SessionSink,
  ): Promise<DeviceSession | undefined> => {
    let faultySink: Partial<SessionSink> = {};
    const session = await connect(credentials, facts, {
      deliver: (call) => (faultySink.deliver ?? sink.deliver).call(sink, call),
      answer: (ref, payload, kind) => (faultySink.answer ?? sink.answer).call(sink, ref, payload, kind),
      close: (reason) => (faultySink.close ?? sink.close).call(sink, reason),
    });
    if (session === undefined) return undefined;
    const link = { session, sink, deviceId: session.deviceId };
    faultySink = faults.sink?.(link) ?? {};
    return withFaults(session, faults.session?.(link) ?? {});
  };
}
