import { JsonText } from '@device-messaging/plugin-api';
import type { Delivery } from '@device-messaging/host-api';
import type { IConnectPacket } from 'mqtt-packet';
import type { MqttLimits } from '../mqtt-limits.js';
import { MqttTransport } from '../mqtt-transport.js';
import { FakeHost, type FakeSession } from '@device-messaging/testkit';
import { MqttPeer, type Version } from './mqtt-peer.js';

/** A started transport with its scripted host. */
export interface Stage {
  readonly host: FakeHost;
  readonly transport: MqttTransport;
}

export function stage(limits?: Partial<MqttLimits>): Stage {
  const host = new FakeHost();
  const transport = new MqttTransport(limits);
  transport.start(host);
  return { host, transport };
}

/** A peer whose CONNECT was accepted, and the session that the host opened for it. */
export async function connected(
  { host, transport }: Stage,
  version: Version = 4,
  overrides: Partial<IConnectPacket> = {},
): Promise<{ peer: MqttPeer; session: FakeSession }> {
  const peer = new MqttPeer(transport, version);
  await peer.connect(overrides);
  const session = host.sessions.at(-1);
  if (session === undefined) throw new Error('The host was not asked for a session');
  return { peer, session };
}

/** Offers a call as the host does. */
export function call(session: FakeSession, id: number, params = '{}', method = 'onMsg'): Delivery {
  return session.sink.deliver({ id, method, params: JsonText.fromString(params), deadline: Number.MAX_SAFE_INTEGER });
}
