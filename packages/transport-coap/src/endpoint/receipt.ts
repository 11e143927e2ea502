import { Kept } from '../retention/kept.js';

/** Where receipts stand by their message's id. */
interface ReceiptTable {
  readonly receipts: Map<number, Receipt>;
}

/**
 * That a message came in, kept so that its copies are told by it: they are not handled again, and a confirmable one
 * gets the same reply as the first (RFC 7252 section 4.5).
 */
export class Receipt extends Kept {
  /** The acknowledgement that was sent, empty or with the response. */
  reply: Buffer | undefined;

  constructor(
    private readonly table: ReceiptTable,
    private readonly messageId: number,
  ) {
    super();
  }

  onDropped(): void {
    if (this.table.receipts.get(this.messageId) === this) this.table.receipts.delete(this.messageId);
  }
}
