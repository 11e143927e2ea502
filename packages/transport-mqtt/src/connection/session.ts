import type {
  Delivery,
  DeviceSession,
  OutgoingRpc,
  RequestRef,
  SessionCloseReason,
  SessionSink,
} from '@device-messaging/host-api';
import { requireFlags } from '../codec/fixed-header.js';
import type { Frame } from '../codec/frame-splitter.js';
import { PacketReader } from '../codec/packet-reader.js';
import { PacketType } from '../codec/packet-type.js';
import type { ProtocolVersion } from '../codec/protocol-version.js';
import { malformed, protocolError } from '../codec/protocol-violation.js';
import { ReasonCode } from '../codec/reason-code.js';
import { checkDisconnect, readAcknowledgement } from '../codec/read-acknowledgement.js';
import type { Connect } from '../codec/read-connect.js';
import { readSubscribe, readUnsubscribe } from '../codec/read-subscribe.js';
import {
  CONNACK_ACCEPTED,
  encodeConnack5,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  PINGRESP,
} from '../codec/write-control.js';
import { ATTRIBUTES_RESPONSE_PREFIX, RESPONSE_PREFIX } from '../topics/device-topic.js';
import { Subscriptions } from '../topics/subscriptions.js';
import type { Connection } from './connection.js';
import { IncomingMessages } from './incoming-messages.js';
import { KeepAlive } from './keep-alive.js';
import { OutgoingMessages } from './outgoing-messages.js';
import type { PacketHandler } from './packet-handler.js';
import type { RequestNote } from './request-note.js';
import { subscribe, unsubscribe } from './topic-subscriber.js';

const ANSWER_TOPIC = Buffer.from(RESPONSE_PREFIX);
const ATTRIBUTES_TOPIC = Buffer.from(ATTRIBUTES_RESPONSE_PREFIX);
const NO_ATTRIBUTES = Buffer.from('{}');
const MAX_RECEIVE_MAXIMUM = 65_535;

const CLOSE_CODES: Readonly<Record<SessionCloseReason, readonly [number, string]>> = {
  TAKEN_OVER: [ReasonCode.SESSION_TAKEN_OVER, 'the device connected again with this client id'],
  CREDENTIALS_REVOKED: [ReasonCode.NOT_AUTHORIZED, "the device's credentials are not valid any more"],
  DEVICE_DELETED: [ReasonCode.NOT_AUTHORIZED, 'the device does not exist any more'],
  HOST_STOPPING: [ReasonCode.SERVER_SHUTTING_DOWN, 'the server stops'],
};

/** One device's session from CONNACK to the end of its connection: MQTT on this side, the host on the other. */
export class MqttSession implements PacketHandler, SessionSink {
  /** The host closed the session before it had begun here. */
  wasClosedByHost = false;

  private device: DeviceSession | undefined;
  private incoming: IncomingMessages | undefined;
  private readonly outgoing: OutgoingMessages;
  /** Made at the first SUBSCRIBE. */
  private subscriptions: Subscriptions | undefined;
  private keepAlive: KeepAlive | undefined;
  private readonly keepAliveSeconds: number;
  /** Bytes; what the client announced, or no limit. */
  private readonly maxPacketBytes: number;

  constructor(
    private readonly connection: Connection,
    private readonly version: ProtocolVersion,
    connect: Connect,
    private readonly assignedClientId: string | undefined,
  ) {
    const { maxUnacknowledged } = connection.context.limits;
    this.keepAliveSeconds = connect.keepAlive;
    this.maxPacketBytes = connect.properties.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    const windowSize = Math.min(connect.properties.receiveMaximum ?? MAX_RECEIVE_MAXIMUM, maxUnacknowledged);
    this.outgoing = new OutgoingMessages(connection, version, this.maxPacketBytes, windowSize);
  }

  /** The host knows the device: the session begins. */
  open(device: DeviceSession): void {
    this.device = device;
    this.incoming = new IncomingMessages(this.connection, this.version, device, (note) => this.answerAttributes(note));
    if (this.keepAliveSeconds > 0) this.keepAlive = new KeepAlive(this.connection, this.keepAliveSeconds);
    const { receiveMaximum, maxPacketBytes } = this.connection.context.limits;
    const { assignedClientId } = this;
    const connack =
      this.version === 5
        ? encodeConnack5({ assignedClientId, receiveMaximum, maximumPacketSize: maxPacketBytes })
        : CONNACK_ACCEPTED;
    // Nothing may come before CONNACK, so a client that cannot take it is told nothing.
    if (connack.length <= this.maxPacketBytes) this.connection.write(connack);
    else this.connection.close();
  }

  get isReady(): boolean {
    return this.incoming !== undefined && this.incoming.inFlight < this.connection.context.limits.maxInFlight;
  }

  handle(frame: Frame): void {
    const type = frame.firstByte >> 4;
    if (type === PacketType.PUBLISH) {
      this.incoming?.publish(frame);
      return;
    }
    requireFlags(type, frame.firstByte & 0x0f, this.version);
    const body = PacketReader.of(frame);
    switch (type) {
      case PacketType.PUBACK:
        this.outgoing.release(readAcknowledgement(body, type, this.version));
        this.resumeIfBusy();
        return;
      case PacketType.PUBREL:
        this.incoming?.release(readAcknowledgement(body, type, this.version));
        return;
      case PacketType.SUBSCRIBE:
        this.subscribe(body);
        return;
      case PacketType.UNSUBSCRIBE:
        this.unsubscribe(body);
        return;
      case PacketType.PINGREQ:
        body.requireEnd();
        this.connection.write(PINGRESP);
        return;
      case PacketType.DISCONNECT:
        checkDisconnect(body, this.version);
        this.connection.close();
        return;
      case PacketType.CONNECT:
        throw protocolError('a connection takes one CONNECT only');
      default:
        this.refuseType(type);
    }
  }

  farewell(reasonCode: number, reason: string): Buffer | undefined {
    return this.version === 5 ? encodeDisconnect(reasonCode, reason, this.maxPacketBytes) : undefined;
  }

  onDrained(): void {
    this.resumeIfBusy();
  }

  onClosed(): void {
    this.keepAlive?.stop();
    this.device?.close();
  }

  deliver(call: OutgoingRpc): Delivery {
    return this.outgoing.call(call, this.subscriptions?.callQos() ?? 0);
  }

  answer(ref: RequestRef, payload: Uint8Array): 'sent' | 'too-large' {
    const note = ref as RequestNote;
    const outcome = this.outgoing.answer(
      ANSWER_TOPIC,
      note,
      payload,
      this.subscriptions?.qosOf(RESPONSE_PREFIX, note.id),
    );
    if (outcome === 'sent' || note.wasTooLarge) this.settle();
    note.wasTooLarge = outcome === 'too-large';
    return outcome;
  }

  close(reason: SessionCloseReason): void {
    this.wasClosedByHost = true;
    if (this.device !== undefined) this.connection.refuse(...CLOSE_CODES[reason]);
  }

  /** A request is done: it was answered, or its client can take no answer at all. */
  private settle(): void {
    if (this.incoming === undefined) return;
    this.incoming.inFlight -= 1;
    this.connection.readOn();
  }

  private answerAttributes(note: RequestNote): void {
    const qos = this.subscriptions?.qosOf(ATTRIBUTES_RESPONSE_PREFIX, note.id);
    this.outgoing.answer(ATTRIBUTES_TOPIC, note, NO_ATTRIBUTES, qos);
  }

  private subscribe(body: PacketReader): void {
    const { packetId, requests } = readSubscribe(body, this.version);
    const subscriptions = (this.subscriptions ??= new Subscriptions());
    const { limits } = this.connection.context;
    const codes = requests.map((request) => subscribe(subscriptions, request, this.version, limits));
    this.send(encodeSuback(this.version, packetId, codes));
    // After SUBACK: the calls that wait for the device are handed over inside.
    if (subscriptions.callQos() !== undefined) this.device?.listen();
  }

  private unsubscribe(body: PacketReader): void {
    const { packetId, filters } = readUnsubscribe(body, this.version);
    const subscriptions = (this.subscriptions ??= new Subscriptions());
    const codes = filters.map((filter) => unsubscribe(subscriptions, filter));
    if (subscriptions.callQos() === undefined) this.device?.unlisten();
    this.send(encodeUnsuback(this.version, packetId, codes));
  }

  /** SUBACK or UNSUBACK: as long as the client's list of filters. One that cannot take it cannot be served. */
  private send(bytes: Buffer): void {
    if (bytes.length <= this.maxPacketBytes) this.connection.write(bytes);
    else
      this.connection.refuse(
        ReasonCode.PACKET_TOO_LARGE,
        'the answer is larger than the announced maximum packet size',
      );
  }

  private resumeIfBusy(): void {
    if (this.outgoing.takeBusy()) this.device?.resume();
  }

  private refuseType(type: number): never {
    if (type === PacketType.AUTH && this.version === 5) {
      throw protocolError('AUTH comes without an authentication method in CONNECT');
    }
    if (type === 0 || type === PacketType.AUTH) throw malformed(`packet type ${type} is reserved`);
    throw protocolError(`a device does not send packets of type ${type}`);
  }
}
