import type { CancelTimer, Delivery, DeviceSession, OutgoingRpc, SessionCloseReason } from '@device-messaging/host-api';
import { callMessage } from './call-message.js';
import { Exchange } from './exchange.js';

const EVENT = 'event: rpc\ndata: ';
const END = '\n\n';
const COMMENT = ':\n\n';

const [LINE_FEED, CARRIAGE_RETURN, SPACE] = [0x0a, 0x0d, 0x20];

/**
 * `GET …/rpc/stream`: listens for as long as the connection lasts, as server-sent events (WHATWG HTML section 9.2).
 * While the device reads too slowly its session is busy and calls wait in the host.
 */
export class EventStream extends Exchange {
  private cancelComment: CancelTimer | undefined;
  /** While more is unsent than the limit allows. */
  private cancelStall: CancelTimer | undefined;

  override deliver(call: OutgoingRpc): Delivery {
    const { raw } = this.reply;
    if (this.cancelStall !== undefined) return 'busy';
    raw.write(onOneLine(callMessage(call, EVENT, END)));
    if (raw.writableNeedDrain && raw.writableLength > this.context.limits.maxUnsentBytes) this.congested();
    return 'handed';
  }

  override close(reason: SessionCloseReason): void {
    if (this.reply.sent) this.end();
    else super.close(reason);
  }

  protected proceed(session: DeviceSession): void {
    this.whenOnTheLine(() => {
      const { raw } = this.reply;
      // What hooks of the listener set, CORS above all.
      for (const [name, value] of Object.entries(this.reply.getHeaders())) raw.setHeader(name, value!);
      this.reply.hijack();
      // A stream ends with its connection, so an event needs no frame of a chunk around it (RFC 9112 section 6.3).
      raw.removeHeader('transfer-encoding');
      raw.writeHead(200, {
        connection: 'close',
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Proxies that collect a response before they pass it on would hold the calls back.
        'x-accel-buffering': 'no',
      });
      raw.on('drain', () => this.drained());
      raw.write(COMMENT);
      this.commentLater();
      this.listen(session);
    });
  }

  protected override finish(): boolean {
    this.cancelComment?.();
    this.cancelStall?.();
    return super.finish();
  }

  private end(): void {
    if (this.finish()) this.reply.raw.end();
  }

  private commentLater(): void {
    const { host, limits } = this.context;
    this.cancelComment = host.timers.after(limits.streamCommentMs, () => {
      if (this.cancelStall === undefined) this.reply.raw.write(COMMENT);
      this.commentLater();
    });
  }

  private congested(): void {
    const { host, limits } = this.context;
    this.cancelStall = host.timers.after(limits.stallTimeoutMs, () => {
      host.logger.debug('A stream that takes nothing is closed', { remoteAddress: this.request.ip });
      this.reply.raw.destroy();
    });
  }

  private drained(): void {
    if (this.cancelStall === undefined) return;
    this.cancelStall();
    this.cancelStall = undefined;
    this.session?.resume();
  }
}

/**
 * Line breaks end a `data` line. In JSON they stand between tokens alone, where a space says the same. Those around the
 * data belong to the event.
 */
function onOneLine(event: Buffer): Buffer {
  const data = event.subarray(EVENT.length, event.length - END.length);
  for (const lineBreak of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = data.indexOf(lineBreak); at >= 0; at = data.indexOf(lineBreak, at + 1)) data[at] = SPACE;
  }
  return event;
}
