import { randomInt } from 'node:crypto';
import { generate, parse, type Packet, type ParsedPacket } from 'coap-packet';
import { DeviceClientError } from '../device-client-error.js';
import { ReplyMemory } from './reply-memory.js';

/** The clock and its timers; tests turn them. Times are ms. */
export interface CoapTimers {
  now(): number;
  after(delayMs: number, run: () => void): () => void;
}

/** The way to one server and back. */
export interface DatagramLink {
  send(datagram: Buffer): void;
}

/** What responses are for. */
export interface ResponseUser {
  /** Whether anybody waits for this response or notification; otherwise the server is told that nobody does. */
  wants(response: ParsedPacket): boolean;
  take(response: ParsedPacket): void;
}

/** RFC 7252 section 4.8. */
export const ACK_TIMEOUT_MS = 2_000;
const ACK_RANDOM_FACTOR = 1.5;
const MAX_RETRANSMIT = 4;
export const EXCHANGE_LIFETIME_MS = 247_000;

/**
 * NSTART, messages that wait for an acknowledgement at once. Not 1 as section 4.7 has it: a server may hold an
 * acknowledgement back until the answer is there, and the reply to a call must not wait behind that.
 */
const MAX_UNACKNOWLEDGED = 16;

const MESSAGE_IDS = 65_536;
/** Blocks of 1,024 bytes, and room for a path with a long token. */
const MAX_DATAGRAM_BYTES = 4_096;

interface Transmission {
  readonly datagram: Buffer;
  readonly fail: (error: DeviceClientError) => void;
  cancelTimer: () => void;
}

/**
 * CoAP's messages with one server: acknowledgement, retransmission, duplicates (RFC 7252 section 4). Of our own, because
 * npm's `coap` takes duplicates for news, and repeats Observe when it fetches the blocks of a notification.
 */
export class MessageLayer {
  private readonly transmissions = new Map<number, Transmission>();
  private readonly queue: (() => void)[] = [];
  private readonly replies = new ReplyMemory(EXCHANGE_LIFETIME_MS);
  private messageId = randomInt(MESSAGE_IDS);
  private sentThisRound = 0;
  private roundStart: number;

  /** @param timeoutMs how long an acknowledgement may take, however often the message is sent again meanwhile */
  constructor(
    private readonly link: DatagramLink,
    private readonly timers: CoapTimers,
    private readonly timeoutMs: number,
    private readonly user: ResponseUser,
  ) {
    this.roundStart = timers.now();
  }

  /** Messages that wait for their acknowledgement. */
  get unacknowledged(): number {
    return this.transmissions.size;
  }

  /**
   * Sends a confirmable message until it is acknowledged.
   * @param fail called at most once, when it is rejected or not acknowledged in time
   * @returns ends the sending, because a response is there or nobody waits any longer
   */
  send(packet: Packet, fail: (error: DeviceClientError) => void): () => void {
    let stop = (): void => void this.queue.splice(this.queue.indexOf(start), 1);
    const start = (): void => {
      const messageId = this.nextMessageId();
      if (messageId === undefined) {
        stop = () => undefined;
        return fail(
          new DeviceClientError('rate-limited', 'This device sends more than CoAP can number (RFC 7252 4.4).'),
        );
      }
      stop = () => this.over(messageId);
      this.transmit(messageId, generate({ ...packet, messageId, confirmable: true }, MAX_DATAGRAM_BYTES), fail);
    };
    if (this.transmissions.size < MAX_UNACKNOWLEDGED) start();
    else this.queue.push(start);
    return () => stop();
  }

  /** A datagram from the server. */
  received(datagram: Buffer): void {
    let message: ParsedPacket;
    try {
      message = parse(datagram);
    } catch {
      // Not CoAP, or damaged on the way: silence is what section 4.2 allows, and the server sends it again.
      return;
    }
    if (message.ack || message.reset) this.answered(message);
    else this.arrived(message);
  }

  /** Sends nothing any more. */
  close(): void {
    for (const { cancelTimer } of this.transmissions.values()) cancelTimer();
    this.transmissions.clear();
    this.queue.length = 0;
  }

  private transmit(messageId: number, datagram: Buffer, fail: (error: DeviceClientError) => void): void {
    const transmission: Transmission = { datagram, fail, cancelTimer: () => undefined };
    this.transmissions.set(messageId, transmission);
    const end = this.timers.now() + this.timeoutMs;
    const attempt = (count: number, waitMs: number): void => {
      this.link.send(datagram);
      const leftMs = Math.min(waitMs, end - this.timers.now());
      transmission.cancelTimer = this.timers.after(leftMs, () => {
        if (count < MAX_RETRANSMIT && this.timers.now() < end) return attempt(count + 1, waitMs * 2);
        this.over(messageId);
        fail(new DeviceClientError('timeout', 'The server did not acknowledge a message.'));
      });
    };
    attempt(0, ACK_TIMEOUT_MS * (1 + Math.random() * (ACK_RANDOM_FACTOR - 1)));
  }

  private over(messageId: number): void {
    const transmission = this.transmissions.get(messageId);
    if (transmission === undefined) return;
    transmission.cancelTimer();
    this.transmissions.delete(messageId);
    this.queue.shift()?.();
  }

  private answered(message: ParsedPacket): void {
    const transmission = this.transmissions.get(message.messageId);
    // Late, or of another conversation.
    if (transmission === undefined) return;
    this.over(message.messageId);
    if (message.reset) transmission.fail(new DeviceClientError('unexpected', 'The server does not take this message.'));
    else if (message.code !== '0.00' && this.user.wants(message)) this.user.take(message);
  }

  /** A message of the server's own. */
  private arrived(message: ParsedPacket): void {
    const { messageId, confirmable } = message;
    const isNew = !this.replies.has(messageId, this.timers.now());
    // Neither "are you there?" (section 4.3) nor requests are for a client.
    const isWanted = isNew && !message.code.startsWith('0.') && this.user.wants(message);
    if (isNew) {
      const reply = generate({ code: '0.00', messageId, ack: isWanted, reset: !isWanted });
      this.replies.add(messageId, confirmable || !isWanted ? reply : undefined, this.timers.now());
    }
    const reply = this.replies.get(messageId);
    if (reply !== undefined) this.link.send(reply);
    if (isWanted) this.user.take(message);
  }

  /** `undefined`: all of them were used within the time in which the server takes one for a duplicate. */
  private nextMessageId(): number | undefined {
    if (this.sentThisRound === MESSAGE_IDS) {
      if (this.timers.now() - this.roundStart < EXCHANGE_LIFETIME_MS) return undefined;
      this.sentThisRound = 0;
    }
    if (this.sentThisRound === 0) this.roundStart = this.timers.now();
    this.sentThisRound++;
    this.messageId = (this.messageId + 1) % MESSAGE_IDS;
    return this.messageId;
  }
}
