import type { Delivery, OutgoingRpc } from '@device-messaging/host-api';
import type { Properties } from '../codec/properties.js';
import type { ProtocolVersion } from '../codec/protocol-version.js';
import { OutgoingPublish, publishSize, writePublish } from '../codec/write-publish.js';
import { REQUEST_PREFIX } from '../topics/device-topic.js';
import type { GrantedQos } from '../topics/subscriptions.js';
import { CALL_TAIL, callHead } from './call-envelope.js';
import type { Connection } from './connection.js';
import { OutgoingWindow } from './outgoing-window.js';
import type { RequestNote } from './request-note.js';

const NOTHING = Buffer.alloc(0);
const CALL_TOPIC = Buffer.from(REQUEST_PREFIX);
// One serves the process: it is filled and written in one go.
const packet = new OutgoingPublish();

/** What goes to one device: calls and answers, as PUBLISH packets of QoS 0 or 1. */
export class OutgoingMessages {
  /** Made when the first QoS 1 message goes out. */
  private window: OutgoingWindow | undefined;
  private wasBusy = false;

  constructor(
    private readonly connection: Connection,
    private readonly version: ProtocolVersion,
    /** Bytes; what the client announced, or no limit. */
    private readonly maxPacketBytes: number,
    /** QoS 1 messages that may wait for their PUBACK. */
    private readonly windowSize: number,
  ) {}

  /** A call at the QoS at which the device subscribed to calls. */
  call(call: OutgoingRpc, qos: 0 | 1): Delivery {
    packet.version = this.version;
    packet.qos = qos;
    packet.topicPrefix = CALL_TOPIC;
    packet.topicId = String(call.id);
    packet.properties = NOTHING;
    packet.payloadHead = callHead(call.method);
    packet.payloadBody = call.params.bytes;
    packet.payloadTail = CALL_TAIL;
    if (publishSize(packet) > this.maxPacketBytes) return unsent('too-large');
    if (this.connection.isFull || !this.connection.isWritable || (qos === 1 && this.window?.isFull === true)) {
      this.wasBusy = true;
      return unsent('busy');
    }
    this.send();
    return 'handed';
  }

  /**
   * An answer on the topic `prefix + note.id`. It is not refused for lack of room: it is owed. When the device has no
   * place for another QoS 1 message it goes out at QoS 0 instead, which keeps it in time and costs no queue.
   * MQTT 5 user properties are left out of an answer that would be too large with them, so that even a small client
   * can be told that its answer was too large.
   */
  answer(topicPrefix: Buffer, note: RequestNote, payload: Uint8Array, subscribed: GrantedQos): 'sent' | 'too-large' {
    const qos = subscribed === 1 && this.window?.isFull !== true ? 1 : 0;
    packet.version = this.version;
    packet.qos = qos;
    packet.topicPrefix = topicPrefix;
    packet.topicId = note.id;
    packet.properties = echo(note.properties);
    packet.payloadHead = NOTHING;
    packet.payloadBody = payload;
    packet.payloadTail = NOTHING;
    if (publishSize(packet) > this.maxPacketBytes) packet.properties = note.properties.correlationData ?? NOTHING;
    if (publishSize(packet) > this.maxPacketBytes) return unsent('too-large');
    this.send();
    return 'sent';
  }

  /** A PUBACK came in. */
  release(packetId: number): void {
    this.window?.release(packetId);
  }

  /** Whether a call was refused as busy since this was asked last: its host wants to know when there is room again. */
  takeBusy(): boolean {
    const wasBusy = this.wasBusy;
    this.wasBusy = false;
    return wasBusy;
  }

  private send(): void {
    let packetId = 0;
    if (packet.qos === 1) {
      this.window ??= new OutgoingWindow(this.windowSize);
      packetId = this.window.take();
    }
    writePublish(this.connection, packet, packetId);
    packet.clear();
  }
}

function unsent<T>(why: T): T {
  packet.clear();
  return why;
}

function echo({ correlationData, userProperties }: Readonly<Properties>): Uint8Array {
  if (correlationData === undefined) return userProperties ?? NOTHING;
  return userProperties === undefined ? correlationData : Buffer.concat([correlationData, userProperties]);
}
