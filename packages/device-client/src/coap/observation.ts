import { randomBytes } from 'node:crypto';
import type { ParsedPacket } from 'coap-packet';
import type { DeviceClientError } from '../device-client-error.js';
import { observeOption, optionOf } from './coap-options.js';
import type { CoapRequests, Observer, Target } from './coap-requests.js';
import type { CoapTimers } from './message-layer.js';

/**
 * How often the observation is registered anew, ms: it keeps the way through NATs open, and finds out when the server
 * is gone, was started anew, or knows the token no longer (RFC 7641 section 3.3.1).
 */
const REFRESH_MS = 25_000;

/** What becomes of what is observed. */
export interface ObservationListener {
  called(message: string): void;
  /** It is over, through no doing of this side. */
  ended(reason: DeviceClientError): void;
}

/** A device that listens over CoAP (RFC 7641). */
export class Observation implements Observer {
  private readonly token = randomBytes(8);
  private isRegistering = false;
  private isOver = false;
  private cancelRefresh: () => void = () => undefined;
  /** Calls are passed on in the order in which they came, whole. */
  private deliveries: Promise<void> = Promise.resolve();

  constructor(
    private readonly requests: CoapRequests,
    private readonly target: Target,
    private readonly timers: CoapTimers,
    private readonly listener: ObservationListener,
    private readonly refusal: (response: ParsedPacket) => DeviceClientError,
  ) {}

  /** While a registration is under way its response comes with the same token; a call alone has a payload. */
  wants(response: ParsedPacket): boolean {
    return !this.isOver && response.token.equals(this.token) && (!this.isRegistering || isCall(response));
  }

  ignores(response: ParsedPacket): boolean {
    return this.isOver && response.token.equals(this.token) && isCall(response);
  }

  take(notification: ParsedPacket): void {
    // RFC 7641 section 3.4 drops late ones, for they are states of one thing; these are calls, each its own.
    this.deliveries = this.deliveries.then(() => this.deliver(notification));
  }

  /** Done when the server has it. */
  async start(): Promise<void> {
    this.isRegistering = true;
    const response = await this.requests.exchange(this.target, [observeOption(0)], undefined, this.token);
    this.isRegistering = false;
    if (response.code !== '2.05' || optionOf(response, 'Observe') === undefined) throw this.refusal(response);
    if (!this.isOver) this.cancelRefresh = this.timers.after(REFRESH_MS, () => void this.refresh());
  }

  /** Nothing is passed on any more; done when the server knows. */
  async stop(): Promise<void> {
    this.over();
    await this.requests.exchange(this.target, [observeOption(1)], undefined, this.token);
  }

  /** Nothing is passed on any more. */
  over(): void {
    this.isOver = true;
    this.cancelRefresh();
  }

  private async refresh(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      this.fail(error as DeviceClientError);
    }
  }

  private async deliver(notification: ParsedPacket): Promise<void> {
    if (this.isOver) return;
    // "The last one" (RFC 7641 section 4.2): the server ends the observation and says why.
    if (notification.code !== '2.05') return this.fail(this.refusal(notification));
    if (notification.payload.length === 0) return;
    let whole: ParsedPacket;
    try {
      whole = await this.requests.download(this.target, notification);
    } catch {
      // The server knows that this call was not fetched whole: for it, this device has not got it.
      return;
    }
    if (!this.isOver) this.listener.called(whole.payload.toString());
  }

  private fail(reason: DeviceClientError): void {
    if (this.isOver) return;
    this.over();
    this.listener.ended(reason);
  }
}

function isCall(response: ParsedPacket): boolean {
  return response.payload.length > 0 && optionOf(response, 'Observe') !== undefined;
}
