import type { DeviceRegistry } from '@device-messaging/host-api';
import {
  isThenable,
  RpcError,
  type AccessDecision,
  type Awaitable,
  type Device,
  type Logger,
} from '@device-messaging/plugin-api';
import type { PendingCall } from './pending-call.js';

/** Why a call may not reach its target now; `undefined`: it may. */
export type Refusal = RpcError | undefined;

/**
 * Asks everything that can forbid a call, on rows read at this moment: is the plugin still there and enabled, does the
 * target still exist, does the security rule still agree. Synchronous as long as registry and rule are.
 */
export class CallReview {
  constructor(
    private readonly registry: DeviceRegistry,
    private readonly logger: Logger,
  ) {}

  review(call: PendingCall): Awaitable<Refusal> {
    try {
      const target = this.registry.findDevice(call.targetId);
      const caller = call.origin === undefined ? undefined : this.registry.findDevice(call.origin.deviceId);
      if (!isThenable(target) && !isThenable(caller)) return this.judge(call, target, caller);
      return Promise.all([target, caller]).then(([row, callerRow]) => this.judge(call, row, callerRow));
    } catch (error) {
      return this.failed(error);
    }
  }

  /** A review that threw: the call is refused, and the caller learns nothing of the reason. */
  failed(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    this.logger.error('A call could not be reviewed', { error });
    return new RpcError('INTERNAL', { cause: error });
  }

  private judge(call: PendingCall, target: Device | undefined, caller: Device | undefined): Awaitable<Refusal> {
    if (call.origin !== undefined && caller?.tenantId !== call.owner.tenantId) return new RpcError('NOT_ALLOWED');
    const refusal = call.owner.refusalFor(caller);
    if (isThenable(refusal)) return refusal.then((reason) => reason ?? this.decide(call, target, caller));
    return refusal ?? this.decide(call, target, caller);
  }

  private decide(call: PendingCall, target: Device | undefined, caller: Device | undefined): Awaitable<Refusal> {
    if (target === undefined || target.tenantId !== call.owner.tenantId) return new RpcError('TARGET_NOT_FOUND');
    if (call.authorize === undefined || caller === undefined) return undefined;
    const decision = call.authorize(caller, target);
    return isThenable(decision) ? decision.then((made) => this.refusalOf(made)) : this.refusalOf(decision);
  }

  private refusalOf(decision: AccessDecision): Refusal {
    if (decision.allowed) return undefined;
    this.logger.debug('A call was not allowed', { reason: decision.reason });
    return new RpcError(decision.code ?? 'NOT_ALLOWED');
  }
}
