import { Code, classOf } from '../codec/code.js';
import { IncomingMessage } from '../codec/incoming-message.js';
import { MessageType } from '../codec/message-type.js';
import { Response } from '../codec/response.js';
import { writeEmpty } from '../codec/write-message.js';
import type { CoapContext } from '../coap-context.js';
import type { DatagramChannel, Endpoint } from '../datagram-channel.js';
import type { Peer } from '../endpoint/peer.js';
import { PeerTable } from '../endpoint/peer-table.js';
import { Receipt } from '../endpoint/receipt.js';
import { Exchange } from './exchange.js';

/** Ms for which copies of a non-confirmable message may come (RFC 7252 section 4.8.2). */
const NON_LIFETIME_MS = 145_000;
const REQUEST_CLASS = 0;

/** What a remote endpoint sends, as requests that are handled once (RFC 7252 section 4). */
export class MessageLayer {
  readonly peers = new PeerTable();

  constructor(
    private readonly context: CoapContext,
    private readonly onRequest: (exchange: Exchange) => void,
  ) {}

  receive(datagram: Uint8Array, from: Endpoint, channel: DatagramChannel): void {
    const message = IncomingMessage.read(datagram);
    if (message === undefined) return;
    const { type, code } = message;
    if (type === MessageType.ACK || type === MessageType.RST) {
      // Neither is ever answered, whatever is wrong with it (section 4.2).
      if (!message.isMalformed && code === Code.EMPTY) this.acknowledged(message, from);
    } else if (message.isMalformed || code === Code.EMPTY || classOf(code) !== REQUEST_CLASS) {
      // Broken, a ping (section 4.3), or a response to what nobody asked.
      if (message.isConfirmable) channel.send(writeEmpty(MessageType.RST, message.messageId), from);
    } else {
      this.request(message, this.peers.ensure(from, channel));
    }
  }

  private acknowledged({ type, messageId }: IncomingMessage, from: Endpoint): void {
    const peer = this.peers.find(from);
    const outstanding = peer?.outstanding.get(messageId);
    if (peer === undefined || outstanding === undefined) return;
    peer.isVerified = true;
    if (type === MessageType.ACK) outstanding.acknowledged();
    else outstanding.reset();
  }

  private request(message: IncomingMessage, peer: Peer): void {
    const { receipts } = this.context;
    const before = peer.receipts.get(message.messageId);
    if (before !== undefined && this.isCopy(before, message)) {
      // While there is no reply yet, the first one answers the copy, too.
      if (message.isConfirmable && before.reply !== undefined) peer.send(before.reply);
      return;
    }
    // So that it is not forgotten before all that depends on it is in place.
    peer.hold();
    if (before !== undefined) receipts.forget(before);
    const receipt = new Receipt(peer, message.messageId);
    peer.receipts.set(message.messageId, receipt);
    receipts.keep(receipt, peer.receiptShelf, 0);
    const exchange = new Exchange(this.context, peer, message, receipt);
    try {
      this.onRequest(exchange);
    } catch (error) {
      this.context.fault(error);
      exchange.respond(new Response(Code.INTERNAL_SERVER_ERROR));
    }
    peer.release();
  }

  private isCopy(before: Receipt, message: IncomingMessage): boolean {
    return message.isConfirmable || this.context.schedule.now() - before.keptSince < NON_LIFETIME_MS;
  }
}
