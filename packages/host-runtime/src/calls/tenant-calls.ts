import type { TenantCall } from '@device-messaging/host-api';
import { RpcError, type JsonText } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import { CallRouter } from './call-router.js';
import type { CallOwner } from './pending-call.js';

/** The calls that tenants make themselves: no request of a device stands behind them. */
@injectable()
export class TenantCalls {
  private underWay = 0;
  private onIdle: (() => void) | undefined;

  constructor(@inject(CallRouter) private readonly router: CallRouter) {}

  /** See `HostControl.callDevice`. */
  async call({ tenantId, deviceId, method, params, timeoutMs, oneway }: TenantCall): Promise<JsonText> {
    if (!Number.isFinite(timeoutMs)) throw new TypeError('timeoutMs must be a number of milliseconds');
    if (timeoutMs <= 0) throw new RpcError('TIMEOUT_NOT_POSITIVE');
    const options = { timeoutMs, oneway: oneway ?? false, offline: 'fail' } as const;
    this.underWay++;
    try {
      return await this.router.request(
        ownerOf(tenantId),
        deviceId.toLowerCase(),
        { method, params },
        options,
        undefined,
      );
    } finally {
      if (--this.underWay === 0) this.onIdle?.();
    }
  }

  /** Done when each of them has its outcome. For a host that stops: one waits at a time. */
  whenIdle(): Promise<void> {
    return this.underWay === 0 ? Promise.resolve() : new Promise((resolve) => (this.onIdle = resolve));
  }
}

/** A tenant itself makes a call: nothing of it can be suspended or disabled. */
function ownerOf(tenantId: string): CallOwner {
  return { tenantId, refusalFor: () => undefined };
}
