import type { DatagramChannel, Endpoint } from '../datagram-channel.js';
import type { Kept } from '../retention/kept.js';
import { Shelf, type ShelfOwner } from '../retention/shelf.js';
import type { Receipt } from './receipt.js';

const MESSAGE_IDS = 0x1_0000;

/** A confirmable message of ours that waits for its acknowledgement. */
export interface Outstanding {
  /** RFC 7252 section 4.2. */
  acknowledged(): void;
  /** Rejected with a Reset message. */
  reset(): void;
}

/** What is known of one remote endpoint. It exists as long as something depends on it. */
export class Peer implements ShelfOwner {
  /**
   * The address is not forged: it acknowledged a confirmable message, or asked for a second block (RFC 7252 section
   * 11.3).
   */
  isVerified = false;
  /** Requests that are not answered yet. */
  openExchanges = 0;
  /** Messages that came in, by id: those that come again are told by it (RFC 7252 section 4.5). */
  readonly receipts = new Map<number, Receipt>();
  readonly receiptShelf: Shelf<Kept> = new Shelf(this);
  readonly outstanding = new Map<number, Outstanding>();
  // Made when they are needed: of many an endpoint no more is known than that it sent something.
  private uploads: Shelf<Kept> | undefined;
  private downloads: Shelf<Kept> | undefined;

  private nextMessageId = Math.floor(Math.random() * MESSAGE_IDS);
  private dependents = 0;

  constructor(
    readonly endpoint: Endpoint,
    /** The one by which the endpoint was heard last. */
    public channel: DatagramChannel,
    private readonly onUnused: (peer: Peer) => void,
  ) {}

  get uploadShelf(): Shelf<Kept> {
    return (this.uploads ??= new Shelf(this));
  }

  get downloadShelf(): Shelf<Kept> {
    return (this.downloads ??= new Shelf(this));
  }

  send(datagram: Uint8Array): void {
    this.channel.send(datagram, this.endpoint);
  }

  /** An id that no outstanding message has; there are far fewer of these than ids. */
  takeMessageId(): number {
    let id = this.nextMessageId;
    while (this.outstanding.has(id)) id = (id + 1) % MESSAGE_IDS;
    this.nextMessageId = (id + 1) % MESSAGE_IDS;
    return id;
  }

  hold(): void {
    this.dependents += 1;
  }

  release(): void {
    this.dependents -= 1;
    if (this.dependents === 0) this.onUnused(this);
  }
}
