import type { OutgoingRpc } from '@device-messaging/host-api';
import {
  JsonText,
  type Authorize,
  type Awaitable,
  type Device,
  type RpcError,
  type ServerRpc,
  type ServerRpcOptions,
} from '@device-messaging/plugin-api';
import { Expirable } from '../deadlines/deadline-queue.js';
import type { DeviceLink } from '../devices/device-link.js';
import type { Allowance } from '../quotas/allowance.js';

/** Who makes server-side RPCs: a plugin instance. */
export interface CallOwner {
  readonly tenantId: string;
  /** Why the owner may make no calls now, on behalf of this device if there is one; `undefined` when it may. */
  refusalFor(caller: Device | undefined): Awaitable<RpcError | undefined>;
}

/** The client-side RPC that a call serves. */
export interface CallOrigin {
  /** The caller. */
  readonly deviceId: string;
  /** Epoch ms at which the caller stops waiting, if it said so. */
  readonly expiresAt: number | undefined;
  /** What the caller may take: calls that wait on its behalf are counted there. */
  readonly allowance: Allowance;
  callBegan(targetId: string): void;
  callEnded(): void;
}

/** What a server-side RPC came to: the reply, or why there is none. */
export type CallOutcome = JsonText | RpcError;

/** Takes the outcome of a call, once. */
export interface CallListener {
  callSettled(outcome: CallOutcome): void;
}

/** What becomes of a call when it settles: the table that keeps it. */
export interface CallKeeper {
  settled(call: PendingCall): void;
  expired(call: PendingCall): void;
}

/**
 * One server-side RPC from its request to its outcome. It settles exactly once.
 *
 * It is a thenable, and not a promise: when a handler returns it untouched, the answer is bound to it directly and no
 * promise is ever made; whoever awaits it gets one.
 */
export class PendingCall extends Expirable implements OutgoingRpc, PromiseLike<JsonText> {
  readonly method: string;
  params: JsonText;
  readonly oneway: boolean;
  readonly waits: boolean;
  readonly authorize: Authorize | undefined;

  outcome: CallOutcome | undefined;
  /** It reached a session, or may have. It is not handed out again, unless it is certain that nobody has it. */
  handed = false;
  /** It stands in the inbox of its target. */
  isWaiting = false;
  /** Sessions of which it is not known whether they took it. */
  doubtful: Set<DeviceLink> | undefined;
  /** The session took it for certain. */
  confirmed = false;
  /** It passed its first review, and so every limit. */
  admitted = false;
  /** Counts the changes that call for a new review; a review that began before the last one does not hold. */
  reviewEpoch = 0;
  /** A review is under way. */
  reviewing = false;
  /** Until when (epoch ms) a review that had to be waited for lets the call pass. */
  grantedUntil = 0;

  private listener: CallListener | undefined;
  private promise: Promise<JsonText> | undefined;

  constructor(
    readonly id: number,
    readonly owner: CallOwner,
    readonly targetId: string,
    message: ServerRpc,
    options: ServerRpcOptions,
    /** The client-side RPC that it serves. */
    readonly origin: CallOrigin | undefined,
    /** Epoch ms. */
    readonly deadline: number,
    private readonly keeper: CallKeeper,
  ) {
    super();
    this.method = message.method;
    this.params = message.params;
    this.oneway = options.oneway ?? false;
    this.waits = (options.offline ?? 'wait') === 'wait';
    this.authorize = options.authorize;
  }

  /** Settles the call; `false` when it is settled already. */
  settle(outcome: CallOutcome): boolean {
    if (this.outcome !== undefined) return false;
    this.outcome = outcome;
    this.keeper.settled(this);
    this.listener?.callSettled(outcome);
    return true;
  }

  /** Tells the outcome when it is there: at once if it is. */
  listen(listener: CallListener): void {
    if (this.outcome !== undefined) {
      listener.callSettled(this.outcome);
      return;
    }
    const earlier = this.listener;
    this.listener =
      earlier === undefined
        ? listener
        : {
            callSettled: (outcome) => {
              earlier.callSettled(outcome);
              listener.callSettled(outcome);
            },
          };
  }

  /** It was handed over for good: its body is not needed any more, and may be large. */
  forgetBody(): void {
    this.params = JsonText.NULL;
  }

  /** It waits, perhaps for long: a slice of what was received would keep the whole chunk alive. */
  detach(): void {
    this.params = this.params.detached();
  }

  expire(): void {
    this.keeper.expired(this);
  }

  then<A = JsonText, B = never>(
    onReply?: ((reply: JsonText) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.promise ??= new Promise<JsonText>((resolve, reject) => {
      this.listen({
        callSettled: (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)),
      });
    });
    return this.promise.then(onReply, onError);
  }
}
