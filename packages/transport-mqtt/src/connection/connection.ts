import type { Duplex } from 'node:stream';
import { certificateCredentials, type CancelTimer, type CertificateCredentials } from '@device-messaging/host-api';
import { FrameSplitter } from '../codec/frame-splitter.js';
import { malformed, packetTooLarge, ProtocolViolation } from '../codec/protocol-violation.js';
import { ReasonCode } from '../codec/reason-code.js';
import type { ConnectionContext } from './connection-context.js';
import type { ConnectionFacts } from './connection-facts.js';
import type { PacketHandler } from './packet-handler.js';
import type { ByteReceiver, SharedBufferSocket } from './shared-buffer-socket.js';
import { StallWatch } from './stall-watch.js';
import type { PendingWriter } from './write-queue.js';

/** What is held back for one turn is put together up to this many bytes: one small copy is cheaper than several writes. */
const JOIN_BYTES = 16_384;

/**
 * One stream of bytes in, one out: finds packets, pauses reading when the device is owed or given too much, writes
 * once a tick, and closes. What packets mean is its handler's affair.
 */
export class Connection implements PendingWriter, ByteReceiver {
  /** When bytes came in last, or when reading went on after a pause of ours. Epoch ms. */
  lastHeardAt: number;
  nextWriter: PendingWriter | undefined;

  private readonly splitter: FrameSplitter;
  private handler: PacketHandler | undefined;
  private isOpen = true;
  private isGone = false;
  private isProcessing = false;
  private isReadScheduled = false;
  private isPaused = false;
  /** Packets held back until the end of the turn. */
  private pending: Uint8Array | Uint8Array[] | undefined;
  private pendingBytes = 0;
  /** While more is unsent than the limit allows. */
  private stall: StallWatch | undefined;
  /** All bytes ever written, to tell a slow connection from a stalled one. */
  private writtenBytes = 0;
  private cancelLinger: CancelTimer | undefined;

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
    return this.stall !== undefined;
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
    if (!this.isOpen) return;
    this.writtenBytes += bytes.length;
    this.pendingBytes += bytes.length;
    if (this.pending === undefined) {
      this.pending = bytes;
      this.context.writes.add(this);
    } else if (Array.isArray(this.pending)) this.pending.push(bytes);
    else this.pending = [this.pending, bytes];
    if (this.unsentBytes > this.context.limits.maxUnsentBytes) this.congest();
  }

  flush(): void {
    const { pending, stream } = this;
    if (pending === undefined) return;
    const bytes = Array.isArray(pending) && this.pendingBytes <= JOIN_BYTES ? Buffer.concat(pending) : pending;
    this.pending = undefined;
    this.pendingBytes = 0;
    if (!Array.isArray(bytes)) this.send(bytes);
    else {
      stream.cork();
      for (const part of bytes) this.send(part);
      stream.uncork();
    }
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
    this.flush();
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
    this.pending = undefined;
    this.pendingBytes = 0;
    this.stall?.stop();
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
    while (this.mayRead()) {
      const result = splitter.next();
      if (result === 'more') break;
      if (result === 'malformed') throw malformed('the remaining length is longer than four bytes');
      if (result === 'too-large') throw packetTooLarge(this.context.limits.maxPacketBytes);
      this.handler?.handle(splitter);
    }
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
    return this.isOpen && !this.isFull && this.handler?.isReady === true;
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
    if (this.stall !== undefined) return;
    const { host, limits } = this.context;
    this.stall = new StallWatch(
      host.timers,
      limits.stallTimeoutMs,
      () => this.writtenBytes - this.unsentBytes,
      () => {
        host.logger.debug('MQTT connection stalled', { remoteAddress: this.facts.remoteAddress });
        this.destroy();
      },
    );
    this.steer();
  }

  private get unsentBytes(): number {
    return this.stream.writableLength + this.pendingBytes;
  }

  /** While too much is unsent every write tells when it is through. */
  private send(bytes: Uint8Array): void {
    if (this.isFull) this.stream.write(bytes, () => this.onSent());
    else this.stream.write(bytes);
  }

  private onSent(): void {
    if (!this.isOpen || this.stall === undefined) return;
    if (this.unsentBytes > this.context.limits.maxUnsentBytes) return;
    this.stall.stop();
    this.stall = undefined;
    this.handler?.onDrained();
    this.readOn();
  }
}

function processScheduled(connection: Connection): void {
  connection.processNow();
}
