import { duplexPair, type Duplex } from 'node:stream';
import {
  generate,
  parser,
  type IConnectPacket,
  type IPublishPacket,
  type ISubscription,
  type Packet,
} from 'mqtt-packet';
import type { ConnectionFacts } from '../connection/connection-facts.js';
import type { MqttTransport } from '../mqtt-transport.js';

export type Version = 3 | 4 | 5;
export const VERSIONS: readonly Version[] = [3, 4, 5];

export const PING = Buffer.from([0xc0, 0]);

/** Lets everything that is under way between the two ends of an in-memory connection arrive. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 5; count += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The device's end of an in-memory connection: writes packets and bytes, collects what comes back. */
export class MqttPeer {
  readonly packets: Packet[] = [];
  /** Whether the server has ended the connection. */
  isEnded = false;
  readonly stream: Duplex;

  constructor(
    transport: MqttTransport,
    readonly version: Version = 4,
    facts?: ConnectionFacts,
  ) {
    const [server, client] = duplexPair();
    this.stream = client;
    const reading = parser({ protocolVersion: version });
    reading.on('packet', (packet) => this.packets.push(packet));
    client.on('data', (chunk: Buffer) => void reading.parse(chunk));
    client.on('end', () => {
      this.isEnded = true;
      client.end();
    });
    client.on('error', () => {
      this.isEnded = true;
    });
    if (facts === undefined) transport.accept(server);
    else transport.accept(server, facts);
  }

  /** The bytes of a packet in this peer's version. */
  encode(packet: Packet): Buffer {
    return generate(packet, { protocolVersion: this.version });
  }

  async send(...packets: readonly (Packet | Uint8Array)[]): Promise<Packet[]> {
    const bytes = packets.map((packet) => (packet instanceof Uint8Array ? packet : this.encode(packet)));
    this.stream.write(Buffer.concat(bytes));
    return this.received();
  }

  /** Everything that has come in since this was asked last. */
  async received(): Promise<Packet[]> {
    await turn();
    return this.packets.splice(0);
  }

  connectPacket(overrides: Partial<IConnectPacket> = {}): IConnectPacket {
    return connectPacket(this.version, overrides);
  }

  connect(overrides: Partial<IConnectPacket> = {}): Promise<Packet[]> {
    return this.send(this.connectPacket(overrides));
  }

  subscribe(...subscriptions: readonly (string | ISubscription)[]): Promise<Packet[]> {
    return this.send({
      cmd: 'subscribe',
      messageId: 7,
      subscriptions: subscriptions.map((entry) => (typeof entry === 'string' ? { topic: entry, qos: 0 } : entry)),
    });
  }

  publish(topic: string, payload: string | Buffer, overrides: Partial<IPublishPacket> = {}): Promise<Packet[]> {
    return this.send(publishPacket(topic, payload, overrides));
  }
}

export function connectPacket(version: Version, overrides: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: version,
    clientId: 'device',
    clean: true,
    keepalive: 0,
    username: 'token-1',
    ...overrides,
  };
}

export function publishPacket(
  topic: string,
  payload: string | Buffer,
  overrides: Partial<IPublishPacket> = {},
): IPublishPacket {
  return { cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false, messageId: 1, ...overrides };
}

/** What matters of packets, for comparisons. */
export function brief(packets: readonly Packet[]): Record<string, unknown>[] {
  return packets.map((packet) => {
    switch (packet.cmd) {
      case 'connack':
        return { cmd: packet.cmd, code: packet.reasonCode ?? packet.returnCode };
      case 'publish':
        return { cmd: packet.cmd, topic: packet.topic, qos: packet.qos, payload: String(packet.payload) };
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        return { cmd: packet.cmd, id: packet.messageId, code: packet.reasonCode ?? 0 };
      case 'suback':
      case 'unsuback':
        return { cmd: packet.cmd, id: packet.messageId, granted: packet.granted };
      case 'disconnect':
        return { cmd: packet.cmd, code: packet.reasonCode };
      default:
        return { cmd: packet.cmd };
    }
  });
}
