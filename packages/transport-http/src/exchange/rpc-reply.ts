import type { DeviceSession } from '@device-messaging/host-api';
import { isThenable } from '@device-messaging/plugin-api';
import { bodyOf } from './body.js';
import { Exchange } from './exchange.js';
import { REFUSALS } from './refusals.js';

const MAX_ID = 2 ** 31 - 1;

/** `POST …/rpc/{id}`: the reply to a server-side RPC. */
export class RpcReply extends Exchange {
  /** The calls in flight are what a stopping host waits for. */
  protected override get isTakenWhileDraining(): boolean {
    return true;
  }

  protected proceed(session: DeviceSession): void {
    const id = idOf(this.request.params.id);
    if (id === undefined) return this.refuse(REFUSALS.nobodyWaits);
    const wasTaken = session.reply(id, bodyOf(this.request));
    if (!isThenable(wasTaken)) return this.settle(wasTaken);
    wasTaken.then(
      (taken) => this.settle(taken),
      (error: unknown) => this.failed(error),
    );
  }

  private settle(wasTaken: boolean): void {
    if (wasTaken) this.respond(200);
    else this.refuse(REFUSALS.nobodyWaits);
  }
}

/** An id as the server writes it: decimal digits, no leading zero. */
function idOf(text = ''): number | undefined {
  const id = Number(text);
  return Number.isInteger(id) && id >= 0 && id <= MAX_ID && String(id) === text ? id : undefined;
}
