import { randomUUID } from 'node:crypto';
import {
  OverQuotaError,
  type CancelTimer,
  type DeviceCredentials,
  type DeviceSession,
  type SessionFacts,
} from '@device-messaging/host-api';
import { isThenable, type Awaitable } from '@device-messaging/plugin-api';
import { requireFlags } from '../codec/fixed-header.js';
import type { Frame } from '../codec/frame-splitter.js';
import { PacketReader } from '../codec/packet-reader.js';
import { PacketType } from '../codec/packet-type.js';
import type { ProtocolVersion } from '../codec/protocol-version.js';
import { protocolError } from '../codec/protocol-violation.js';
import { readConnect, readProtocolVersion, type Connect } from '../codec/read-connect.js';
import { encodeRefusal3, encodeRefusal5 } from '../codec/write-control.js';
import type { Connection } from './connection.js';
import type { PacketHandler } from './packet-handler.js';
import { Refusal } from './refusal.js';
import { MqttSession } from './session.js';

const TRANSPORT_NAME = 'mqtt';
const MAX_CLIENT_ID_3_1 = 23;

/** From the start of a connection to its session: one CONNECT, the host's verdict, one CONNACK. */
export class Handshake implements PacketHandler {
  /** False while the host looks the device up: nothing is read meanwhile. */
  isReady = true;

  private version: ProtocolVersion | undefined;
  /** What an MQTT 5 client announced. */
  private maxPacketBytes = Number.POSITIVE_INFINITY;
  private isClosed = false;
  private cancelTimeout: CancelTimer;

  constructor(private readonly connection: Connection) {
    this.cancelTimeout = this.startTimeout();
  }

  handle(frame: Frame): void {
    const type = frame.firstByte >> 4;
    if (type !== PacketType.CONNECT) throw protocolError('the first packet must be CONNECT');
    const body = PacketReader.of(frame);
    const version = readProtocolVersion(body);
    if (version === undefined) {
      this.connection.close(encodeRefusal3(Refusal.UNKNOWN_VERSION));
      return;
    }
    this.version = version;
    requireFlags(type, frame.firstByte & 0x0f, version);
    const connect = readConnect(body, version);
    this.maxPacketBytes = connect.properties.maximumPacketSize ?? this.maxPacketBytes;
    const refusal = this.whyNot(connect, version);
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    const credentials = this.credentialsOf(connect);
    if (credentials === undefined) this.refuse(Refusal.NO_USER_NAME);
    else this.authenticate(connect, version, credentials);
  }

  farewell(reasonCode: number, reason: string): Buffer | undefined {
    return this.version === 5 ? encodeRefusal5(reasonCode, reason, this.maxPacketBytes) : undefined;
  }

  onDrained(): void {
    // A handshake writes one packet at most, and that ends it.
  }

  onClosed(): void {
    this.isClosed = true;
    this.cancelTimeout();
  }

  private whyNot(connect: Connect, version: ProtocolVersion): Refusal | undefined {
    const { clientId, cleanSession, properties, willRetain } = connect;
    if (properties.hasAuthenticationMethod) return Refusal.AUTHENTICATION_METHOD;
    if (willRetain && version === 5) return Refusal.WILL_RETAIN;
    if (version === 3 && (clientId.length === 0 || clientId.length > MAX_CLIENT_ID_3_1)) return Refusal.CLIENT_ID;
    if (version === 4 && clientId.length === 0 && !cleanSession) return Refusal.CLIENT_ID;
    return this.connection.context.isDraining ? Refusal.UNAVAILABLE : undefined;
  }

  private credentialsOf({ userName }: Connect): DeviceCredentials | undefined {
    if (userName !== undefined && userName !== '') return { type: 'ACCESS_TOKEN', secret: userName };
    return this.connection.certificate;
  }

  private authenticate(connect: Connect, version: ProtocolVersion, credentials: DeviceCredentials): void {
    this.isReady = false;
    this.cancelTimeout();
    this.cancelTimeout = this.startTimeout();
    const assignedClientId = version === 5 && connect.clientId === '' ? randomUUID() : undefined;
    const session = new MqttSession(this.connection, version, connect, assignedClientId);
    const { remoteAddress } = this.connection.facts;
    const facts: SessionFacts = {
      transport: TRANSPORT_NAME,
      clientId: assignedClientId ?? connect.clientId,
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
    };
    const onVerdict = (device: DeviceSession | undefined): void => this.onVerdict(session, device);
    const onFailure = (error: unknown): void => this.onFailure(error);
    let verdict: Awaitable<DeviceSession | undefined>;
    try {
      verdict = this.connection.context.host.connect(credentials, facts, session);
    } catch (error) {
      onFailure(error);
      return;
    }
    if (isThenable(verdict)) void verdict.then(onVerdict, onFailure);
    else onVerdict(verdict);
  }

  private onVerdict(session: MqttSession, device: DeviceSession | undefined): void {
    if (this.isClosed) {
      device?.close();
      return;
    }
    if (device === undefined) {
      this.refuse(Refusal.UNKNOWN_TOKEN);
      return;
    }
    if (this.connection.context.isDraining || session.wasClosedByHost) {
      device.close();
      this.refuse(Refusal.UNAVAILABLE);
      return;
    }
    this.cancelTimeout();
    this.connection.handOver(session);
    session.open(device);
    this.connection.readOn();
  }

  private onFailure(error: unknown): void {
    const isOverQuota = error instanceof OverQuotaError;
    if (!isOverQuota) this.connection.context.host.logger.warn('MQTT device could not be looked up', { error });
    if (!this.isClosed) this.refuse(isOverQuota ? Refusal.OVER_QUOTA : Refusal.UNAVAILABLE);
  }

  private refuse(refusal: Refusal): void {
    this.connection.context.host.logger.debug('MQTT CONNECT refused', {
      remoteAddress: this.connection.facts.remoteAddress,
      reason: refusal.reason,
    });
    const { returnCode, reasonCode, reason } = refusal;
    this.connection.close(this.version === 5 ? this.farewell(reasonCode, reason) : encodeRefusal3(returnCode));
  }

  private startTimeout(): CancelTimer {
    const { host, limits } = this.connection.context;
    return host.timers.after(limits.connectTimeoutMs, () => {
      if (this.isReady) this.connection.close();
      else this.refuse(Refusal.UNAVAILABLE);
    });
  }
}
