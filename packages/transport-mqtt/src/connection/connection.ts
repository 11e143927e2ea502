import type { Duplex } from 'node:stream';
import {
  certificateCredentials,
  type CancelTimer,
  type CertificateCredentials,
  type TurnTaker,
} from '@device-messaging/host-api';
import { FrameSplitter } from '../codec/frame-splitter.js';
import { malformed, packetTooLarge, ProtocolViolation } from '../codec/protocol-violation.js';
import { ReasonCode } from '../codec/reason-code.js';
import type { ConnectionContext } from './connection-context.js';
import type { ConnectionFacts } from './connection-facts.js';
import type { PacketHandler } from './packet-handler.js';
import type { ByteReceiver, SharedBufferSocket } from './shared-buffer-socket.js';
import { UnsentBytes, type BytesOwner } from './unsent-bytes.js';

/** What a connection may handle in one turn of the event loop before others have theirs; a packet counts as 512 at least. */
const TURN_BYTES = 32_768;
const LEAST_PACKET_BYTES = 512;

/**
 * One stream of bytes in, one out: finds packets, pauses reading when the device is owed or given too much, writes
 * once a tick, and closes. What packets mean is its handler's affair.
 */
export class Connection implements BytesOwner, ByteReceiver, TurnTaker {
  /** When bytes came in last, or when reading went on after a pause of ours. Epoch ms. */
  lastHeardAt: number;
  nextTaker: TurnTaker | undefined;

  private readonly splitter: FrameSplitter;
  private handler: PacketHandler | undefined;
  private isOpen = true;
  private isGone = false;
  private isProcessing = false;
  private isReadScheduled = false;
  /** It had its turn, and goes on in the next one. */
  private isYielding = false;
  private isPaused = false;
  private readonly unsent: UnsentBytes;
  private cancelLinger: CancelTimer | undefined;

  constructor(
    private readonly stream: Duplex,
    readonly facts: ConnectionFacts,
    readonly context: ConnectionContext,
  ) {
    this.lastHeardAt = context.host.timers.now();
    this.splitter = new FrameSplitter(context.limits.maxPacketBytes);
    this.unsent = new UnsentBytes(stream, context, this);
  }

  /** Whether more is unsent than the limit allows. */
  get isFull(): boolean {
    return this.unsent.isFull;
  }

  /** Whether what is written may still reach the device. */
  get isWritable(): boolean {
    return this.isOpen && !this.stream.destroyed;
  }

  /** Whether nothing comes in because this end does not read. */
  get isReadingPaused(): boolean {
    return this.isPaused;
  }

  /** The client certificate of the device. */
  get certificate(): CertificateCredentials | undefined {
    return this.facts.certificate ?? certificateCredentials(this.stream);
  }

  /** Begins to read, from the shared buffer if there is one. Called once. */
  start(handler: PacketHandler, shared: SharedBufferSocket | undefined): void {
    this.handler = handler;
    this.stream.on('error', (error) => this.onError(error));
    this.stream.on('close', () => this.onGone());
    this.stream.on('end', () => this.onEnd());
    if (shared === undefined) this.stream.on('data', (chunk: Buffer) => this.onData(chunk));
    else shared.readInto(this);
  }

  /** Gives the packets that follow to another handler. */
  handOver(handler: PacketHandler): void {
    this.handler = handler;
  }

  /** The handler is ready again. Reading goes on after the current call stack, never inside a call of the host. */
  readOn(): void {
    if (!this.isPaused || this.isReadScheduled || !this.isOpen) return;
    this.isReadScheduled = true;
    process.nextTick(processScheduled, this);
  }

  /** Sends bytes at the end of this turn, together with what else is written in it. They must not change until then. */
  write(bytes: Uint8Array): void {
    if (this.isOpen) this.unsent.write(bytes);
  }

  /** Refuses what the device did: says so where the protocol can, then closes. */
  refuse(reasonCode: number, reason: string): void {
    if (!this.isOpen) return;
    const { remoteAddress } = this.facts;
    this.context.host.logger.debug('MQTT connection refused', { remoteAddress, reasonCode, reason });
    this.close(this.handler?.farewell(reasonCode, reason));
  }

  /**
   * Closes after a last packet. The device gets some time to read it: closing a socket that has unread bytes would
   * reset it, and the reset would overtake the packet.
   */
  close(farewell?: Uint8Array): void {
    if (!this.isOpen) return;
    if (farewell !== undefined) this.write(farewell);
    this.unsent.flush();
    this.shut();
    if (this.stream.destroyed) return;
    this.stream.end();
    this.stream.resume();
    this.cancelLinger = this.context.host.timers.after(this.context.limits.lingerMs, () => this.destroy());
  }

  /** Closes without waiting for the device, as soon as the last packet is out; for a transport that stops. */
  closeSoon(reasonCode: number, reason: string): void {
    if (this.isOpen) this.close(this.handler?.farewell(reasonCode, reason));
    this.destroyWhenSent();
  }

  destroy(): void {
    this.stream.destroy();
    this.onGone();
  }

  receive(buffer: Buffer, end: number): void {
    if (!this.isOpen) return;
    this.lastHeardAt = this.context.host.timers.now();
    this.splitter.borrow(buffer, end);
    this.process();
    this.splitter.giveBack();
  }

  /** What {@link readOn} scheduled. */
  processNow(): void {
    this.isReadScheduled = false;
    this.process();
  }

  takeTurn(): void {
    this.isYielding = false;
    this.process();
  }

  onCongested(): void {
    this.steer();
  }

  onDrained(): void {
    this.handler?.onDrained();
    this.readOn();
  }

  onStalled(): void {
    this.context.host.logger.debug('MQTT connection stalled', { remoteAddress: this.facts.remoteAddress });
    this.destroy();
  }

  private onData(chunk: Buffer): void {
    if (!this.isOpen) return;
    this.lastHeardAt = this.context.host.timers.now();
    this.splitter.push(chunk);
    this.process();
  }

  /** The device sends no more; MQTT has no half-open connections. */
  private onEnd(): void {
    this.close();
    this.destroyWhenSent();
  }

  private destroyWhenSent(): void {
    if (this.stream.writableFinished) this.destroy();
    else this.stream.once('finish', () => this.destroy());
  }

  private onError(error: Error): void {
    this.context.host.logger.debug('MQTT connection failed', { remoteAddress: this.facts.remoteAddress, error });
    this.destroy();
  }

  private onGone(): void {
    if (this.isGone) return;
    this.isGone = true;
    if (this.isOpen) this.shut();
    this.cancelLinger?.();
    this.context.forget(this);
  }

  private shut(): void {
    this.isOpen = false;
    this.unsent.close();
    this.splitter.clear();
    this.handler?.onClosed();
  }

  private process(): void {
    if (this.isProcessing) return;
    const { writes } = this.context;
    this.isProcessing = true;
    writes.enter();
    try {
      this.handlePackets();
    } catch (error) {
      this.onFailure(error);
    } finally {
      this.isProcessing = false;
      this.steer();
      writes.leave();
    }
  }

  private handlePackets(): void {
    const { splitter } = this;
    let left = TURN_BYTES;
    while (this.mayRead()) {
      const result = splitter.next();
      if (result === 'more') break;
      if (result === 'malformed') throw malformed('the remaining length is longer than four bytes');
      if (result === 'too-large') throw packetTooLarge(this.context.limits.maxPacketBytes);
      this.handler?.handle(splitter);
      left -= Math.max(LEAST_PACKET_BYTES, splitter.end - splitter.start);
      if (left <= 0) this.yieldTurn();
    }
  }

  /** Others have their turn before the rest of what came in: one device that sends without end holds nobody up. */
  private yieldTurn(): void {
    this.isYielding = true;
    this.context.turns.add(this);
  }

  private onFailure(error: unknown): void {
    if (error instanceof ProtocolViolation) {
      this.refuse(error.reasonCode, error.message);
      return;
    }
    this.context.host.logger.error('MQTT packet could not be handled', {
      remoteAddress: this.facts.remoteAddress,
      error,
    });
    this.close(this.handler?.farewell(ReasonCode.UNSPECIFIED_ERROR, 'the packet could not be handled'));
  }

  private mayRead(): boolean {
    return this.isOpen && !this.isYielding && !this.isFull && this.handler?.isReady === true;
  }

  private steer(): void {
    if (!this.isOpen || this.isPaused !== this.mayRead()) return;
    this.isPaused = !this.isPaused;
    if (this.isPaused) {
      this.stream.pause();
      return;
    }
    this.lastHeardAt = this.context.host.timers.now();
    this.stream.resume();
  }
}

function processScheduled(connection: Connection): void {
  connection.processNow();
}
