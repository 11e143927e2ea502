import type { Duplex } from 'node:stream';
import type { CancelTimer } from '@device-messaging/host-api';
import { FrameSplitter } from '../codec/frame-splitter.js';
import { PacketReader } from '../codec/packet-reader.js';
import { malformed, ProtocolViolation } from '../codec/protocol-violation.js';
import { ReasonCode } from '../codec/reason-code.js';
import type { ConnectionContext } from './connection-context.js';
import { certificateOf, type ConnectionFacts } from './connection-facts.js';
import type { PacketHandler } from './packet-handler.js';

/**
 * One stream of bytes in, one out: finds packets, pauses reading when the device is owed or given too much, writes
 * once a tick, and closes. What packets mean is its handler's affair.
 */
export class Connection {
  /** When bytes came in last, or when reading went on after a pause of ours. Epoch ms. */
  lastHeardAt: number;

  private readonly splitter: FrameSplitter;
  private handler: PacketHandler | undefined;
  private isOpen = true;
  private isGone = false;
  private isProcessing = false;
  private isReadScheduled = false;
  private isPaused = false;
  private isCorked = false;
  /** More is unsent than the limit allows. */
  private isCongested = false;
  /** All bytes ever written, to tell a slow connection from a stalled one. */
  private writtenBytes = 0;
  /** The stall timer while open, the linger timer afterwards. */
  private cancelTimer: CancelTimer | undefined;

  constructor(
    private readonly stream: Duplex,
    readonly facts: ConnectionFacts,
    readonly context: ConnectionContext,
  ) {
    this.lastHeardAt = context.host.timers.now();
    this.splitter = new FrameSplitter(context.limits.maxPacketBytes);
  }

  /** Whether more is unsent than the limit allows. */
  get isFull(): boolean {
    return this.isCongested;
  }

  /** Whether what is written may still reach the device. */
  get isWritable(): boolean {
    return this.isOpen && !this.stream.destroyed;
  }

  /** Whether nothing comes in because this end does not read. */
  get isReadingPaused(): boolean {
    return this.isPaused;
  }

  /** The client certificate of the device, DER. */
  get certificate(): Uint8Array | undefined {
    return certificateOf(this.stream, this.facts);
  }

  /** Begins to read. Called once. */
  start(handler: PacketHandler): void {
    this.handler = handler;
    this.stream.on('error', (error) => this.onError(error));
    this.stream.on('close', () => this.onGone());
    this.stream.on('end', () => this.onEnd());
    this.stream.on('data', (chunk: Buffer) => this.onData(chunk));
  }

  /** Gives the packets that follow to another handler. */
  handOver(handler: PacketHandler): void {
    this.handler = handler;
  }

  /** The handler is ready again. Reading goes on after the current call stack, never inside a call of the host. */
  readOn(): void {
    if (this.isReadScheduled || this.isProcessing || !this.isOpen) return;
    this.isReadScheduled = true;
    process.nextTick(processScheduled, this);
  }

  write(bytes: Uint8Array): void {
    if (!this.isOpen) return;
    if (!this.isCorked) {
      this.isCorked = true;
      this.stream.cork();
      process.nextTick(uncork, this);
    }
    this.writtenBytes += bytes.length;
    if (this.stream.writableLength + bytes.length <= this.context.limits.maxUnsentBytes) {
      this.stream.write(bytes);
      return;
    }
    this.stream.write(bytes, () => this.onSent());
    this.congest();
  }

  /** Refuses what the device did: says so where the protocol can, then closes. */
  refuse(reasonCode: number, reason: string): void {
    if (!this.isOpen) return;
    this.context.host.logger.debug('MQTT connection refused', {
      remoteAddress: this.facts.remoteAddress,
      reasonCode,
      reason,
    });
    this.close(this.handler?.farewell(reasonCode, reason));
  }

  /**
   * Closes after a last packet. The device gets some time to read it: closing a socket that has unread bytes would
   * reset it, and the reset would overtake the packet.
   */
  close(farewell?: Uint8Array): void {
    if (!this.isOpen) return;
    this.shut();
    if (this.stream.destroyed) return;
    if (farewell !== undefined) this.stream.write(farewell);
    this.stream.end();
    this.stream.resume();
    this.cancelTimer = this.context.host.timers.after(this.context.limits.lingerMs, () => this.destroy());
  }

  /** Closes without waiting for the device, as soon as the last packet is out; for a transport that stops. */
  closeSoon(reasonCode: number, reason: string): void {
    if (this.isOpen) this.close(this.handler?.farewell(reasonCode, reason));
    if (this.stream.writableFinished) this.destroy();
    else this.stream.once('finish', () => this.destroy());
  }

  destroy(): void {
    this.stream.destroy();
    this.onGone();
  }

  /** What {@link readOn} scheduled. */
  processNow(): void {
    this.isReadScheduled = false;
    this.process();
  }

  /** What {@link write} scheduled: one tick writes once. */
  uncorkNow(): void {
    this.isCorked = false;
    this.stream.uncork();
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
    this.cancelTimer?.();
    this.context.forget(this);
  }

  private shut(): void {
    this.isOpen = false;
    this.cancelTimer?.();
    this.splitter.clear();
    this.handler?.onClosed();
  }

  private process(): void {
    if (this.isProcessing) return;
    this.isProcessing = true;
    try {
      while (this.mayRead()) {
        const result = this.splitter.next();
        if (result === 'more') break;
        if (result === 'malformed') throw malformed('the remaining length is longer than four bytes');
        if (result === 'too-large') throw tooLarge(this.context.limits.maxPacketBytes);
        const { firstByte, buffer, start, end } = this.splitter;
        this.handler?.handle(firstByte >> 4, firstByte & 0x0f, new PacketReader(buffer, start, end));
      }
    } catch (error) {
      this.onFailure(error);
    } finally {
      this.isProcessing = false;
    }
    this.steer();
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
    return this.isOpen && !this.isCongested && this.handler?.isReady === true;
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

  private congest(): void {
    if (this.isCongested) return;
    this.isCongested = true;
    this.steer();
    this.watchForStall(this.sentBytes());
  }

  private watchForStall(sentBefore: number): void {
    const { host, limits } = this.context;
    this.cancelTimer = host.timers.after(limits.stallTimeoutMs, () => {
      const sent = this.sentBytes();
      if (sent > sentBefore) {
        this.watchForStall(sent);
        return;
      }
      host.logger.debug('MQTT connection stalled', { remoteAddress: this.facts.remoteAddress });
      this.destroy();
    });
  }

  private sentBytes(): number {
    return this.writtenBytes - this.stream.writableLength;
  }

  private onSent(): void {
    if (!this.isOpen || !this.isCongested) return;
    if (this.stream.writableLength > this.context.limits.maxUnsentBytes) return;
    this.isCongested = false;
    this.cancelTimer?.();
    this.handler?.onDrained();
    this.readOn();
  }
}

function tooLarge(limit: number): ProtocolViolation {
  return new ProtocolViolation(ReasonCode.PACKET_TOO_LARGE, `the packet is larger than ${limit} bytes`);
}

function processScheduled(connection: Connection): void {
  connection.processNow();
}

function uncork(connection: Connection): void {
  connection.uncorkNow();
}
