import type { TransportHost } from '@device-messaging/host-api';
import { Downloads } from './blocks/downloads.js';
import { Uploads } from './blocks/uploads.js';
import type { CoapLimits } from './coap-limits.js';
import { Store } from './retention/store.js';
import { Schedule } from './time/schedule.js';

/** From the first transmission of a message until its id may be used again, ms (RFC 7252 section 4.8.2). */
const EXCHANGE_LIFETIME_MS = 247_000;
/** Observe has 24 bits (RFC 7641 section 3.4). */
const OBSERVE_VALUES = 2 ** 24;

/** A request that is not answered yet, for a transport that stops. */
export interface OpenExchange {
  abandon(): void;
}

/** What the parts of a transport share while it runs. */
export class CoapContext {
  readonly schedule: Schedule;
  readonly receipts: Store;
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  /** Requests that are not answered yet. */
  readonly exchanges = new Set<OpenExchange>();
  isDraining = false;
  isStopped = false;
  private lastObserve = 0;

  constructor(
    readonly host: TransportHost,
    readonly limits: CoapLimits,
  ) {
    this.schedule = new Schedule(host.timers, (error) => this.fault(error));
    this.receipts = new Store(this.schedule, {
      lifetimeMs: EXCHANGE_LIFETIME_MS,
      maxItems: limits.maxReceipts,
      maxBytes: limits.maxReceiptBytes,
      maxItemsPerEndpoint: limits.maxReceiptsPerEndpoint,
      maxBytesPerEndpoint: limits.maxReceiptBytesPerEndpoint,
    });
    this.uploads = new Uploads(this.schedule, limits);
    this.downloads = new Downloads(this.schedule, limits);
  }

  /**
   * One sequence for all observations: the client that observes anew with an old token sees it go on (RFC 7641
   * section 4.4).
   */
  nextObserve(): number {
    this.lastObserve = (this.lastObserve + 1) % OBSERVE_VALUES;
    return this.lastObserve;
  }

  /** An error of our own, or of the host: what it happened to is lost, and nothing else. */
  fault(error: unknown): void {
    this.host.logger.error('A CoAP message could not be handled', { error });
  }

  /** Forgets everything that is kept or waited for. */
  stop(): void {
    for (const exchange of [...this.exchanges]) exchange.abandon();
    this.isStopped = true;
    this.receipts.clear();
    this.uploads.store.clear();
    this.downloads.store.clear();
    this.schedule.stop();
  }
}
