import type { Timers } from '@device-messaging/host-api';
import { refuseAdminUrl } from '@device-messaging/admin-api';
import type { FastifyInstance } from 'fastify';

/**
 * The administrators' requests under way, on whichever port. A stopping server lets them finish: a row that was made is
 * a row that somebody is told of.
 */
export class OpenRequests {
  private count = 0;
  private isClosing = false;
  private onIdle: (() => void) | undefined;

  constructor(private readonly timers: Timers) {}

  /** From now on every request of the scope counts. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', (_request, reply, done) => {
      if (this.isClosing) {
        refuseAdminUrl(reply.headers({ 'retry-after': '1', connection: 'close' }), 503);
        return;
      }
      this.count++;
      // Whether the answer was sent or its reader has gone.
      reply.raw.once('close', () => this.leave());
      done();
    });
  }

  /** Takes no new requests. Done when those under way have their answers, or after `timeoutMs`. */
  finish(timeoutMs: number): Promise<void> {
    this.isClosing = true;
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.timers.after(timeoutMs, resolve);
      this.onIdle = () => {
        cancel();
        resolve();
      };
    });
  }

  private leave(): void {
    if (--this.count === 0) this.onIdle?.();
  }
}
