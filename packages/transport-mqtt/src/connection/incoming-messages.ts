import type { DeviceSession, PublishOutcome } from '@device-messaging/host-api';
import type { Frame } from '../codec/frame-splitter.js';
import { PacketType } from '../codec/packet-type.js';
import type { ProtocolVersion } from '../codec/protocol-version.js';
import { ProtocolViolation } from '../codec/protocol-violation.js';
import { ReasonCode } from '../codec/reason-code.js';
import { readPublish, type Publish } from '../codec/read-publish.js';
import { encodeAcknowledgement } from '../codec/write-control.js';
import { readDeviceTopic, readReplyId, readTopicId, type DeviceTopic } from '../topics/device-topic.js';
import type { Connection } from './connection.js';
import { RequestNote } from './request-note.js';

/** Telemetry that is dropped is acknowledged as well: MQTT 5 says why. */
const PUBLISH_CODES: Readonly<Record<PublishOutcome, number>> = {
  accepted: ReasonCode.SUCCESS,
  malformed: ReasonCode.PAYLOAD_FORMAT_INVALID,
  'rate-limited': ReasonCode.QUOTA_EXCEEDED,
};

/** What one device publishes: acknowledged at its QoS, told apart by topic, passed to the host. */
export class IncomingMessages {
  /** Requests that the host has not answered yet. */
  inFlight = 0;

  /** QoS 2 packet identifiers between PUBREC and PUBREL; made when the first one comes in. */
  private received: Set<number> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly version: ProtocolVersion,
    private readonly device: DeviceSession,
    /** Answers a request for attributes: this transport's own affair, since the host stores none. */
    private readonly answerAttributes: (note: RequestNote) => void,
  ) {}

  /** A PUBLISH packet. @throws ProtocolViolation */
  publish(frame: Frame): void {
    const message = readPublish(frame, this.version);
    if (message.retain && this.version === 5) {
      throw new ProtocolViolation(ReasonCode.RETAIN_NOT_SUPPORTED, 'nothing is retained here: RETAIN must be 0');
    }
    const topic = readDeviceTopic(message.buffer, message.topicStart, message.topicEnd);
    if (message.qos === 2 && this.isRepeated(message.packetId)) {
      this.acknowledge(message, ReasonCode.SUCCESS);
      return;
    }
    this.take(topic, message);
  }

  /** A PUBREL packet: the end of a QoS 2 message, whose identifier may be used again. */
  release(packetId: number): void {
    const wasKnown = this.received?.delete(packetId) === true;
    const code = wasKnown || this.version !== 5 ? ReasonCode.SUCCESS : ReasonCode.PACKET_ID_NOT_FOUND;
    this.connection.write(encodeAcknowledgement(PacketType.PUBCOMP, packetId, code));
  }

  private isRepeated(packetId: number): boolean {
    if (this.received === undefined) return false;
    if (this.received.has(packetId)) return true;
    const { receiveMaximum } = this.connection.context.limits;
    if (this.version === 5 && this.received.size >= receiveMaximum) {
      throw new ProtocolViolation(
        ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
        `more than ${receiveMaximum} QoS 2 messages are under way at once`,
      );
    }
    return false;
  }

  private take(topic: DeviceTopic, message: Publish): void {
    switch (topic) {
      case 'request':
        this.request(message);
        return;
      case 'reply':
        this.acknowledge(message, ReasonCode.SUCCESS);
        this.reply(message);
        return;
      case 'telemetry':
        this.acknowledge(message, this.post('POST_TELEMETRY', message));
        return;
      case 'attributes':
        this.acknowledge(message, this.post('POST_ATTRIBUTES', message));
        return;
      case 'attributes-request':
        this.acknowledge(message, ReasonCode.SUCCESS);
        this.device.publish('GET_ATTRIBUTES', message.payload);
        this.answerAttributes(noteOf('attributes-request', message));
        return;
      case 'bad-id':
        this.acknowledge(message, ReasonCode.TOPIC_NAME_INVALID);
        return;
      case 'other':
        this.acknowledge(message, ReasonCode.SUCCESS);
    }
  }

  private request(message: Publish): void {
    // Not accepted, so neither acknowledged nor answered: the connection is about to close, and the device asks again.
    if (this.connection.context.isDraining) return;
    this.acknowledge(message, ReasonCode.SUCCESS);
    this.inFlight += 1;
    const note = noteOf('request', message);
    const { messageExpiry } = message.properties;
    if (messageExpiry === undefined) {
      this.device.request(note, message.payload);
      return;
    }
    const expiresAt = this.connection.context.host.timers.now() + messageExpiry * 1000;
    this.device.request(note, message.payload, { expiresAt });
  }

  private reply(message: Publish): void {
    const id = readReplyId(message.buffer, message.topicStart, message.topicEnd);
    const isKnown = this.device.reply(id, message.payload);
    if (typeof isKnown === 'boolean') return;
    isKnown.then(undefined, (error: unknown) => {
      this.connection.context.host.logger.warn('MQTT reply could not be passed on', { error });
    });
  }

  private post(type: 'POST_TELEMETRY' | 'POST_ATTRIBUTES', message: Publish): number {
    return PUBLISH_CODES[this.device.publish(type, message.payload)];
  }

  /** PUBACK or PUBREC, as the QoS asks. MQTT 3 has no codes: what is wrong with a message is not told there. */
  private acknowledge({ qos, packetId }: Publish, reasonCode: number): void {
    if (qos === 0) return;
    const code = this.version === 5 ? reasonCode : ReasonCode.SUCCESS;
    if (qos === 1) {
      this.connection.write(encodeAcknowledgement(PacketType.PUBACK, packetId, code));
      return;
    }
    // A PUBREC that reports a failure ends the exchange: no PUBREL follows (MQTT 5 section 4.3.3).
    if (code < ReasonCode.UNSPECIFIED_ERROR) (this.received ??= new Set()).add(packetId);
    this.connection.write(encodeAcknowledgement(PacketType.PUBREC, packetId, code));
  }
}

function noteOf(
  topic: 'request' | 'attributes-request',
  { buffer, topicStart, topicEnd, properties }: Publish,
): RequestNote {
  return new RequestNote(readTopicId(topic, buffer, topicStart, topicEnd), properties);
}
