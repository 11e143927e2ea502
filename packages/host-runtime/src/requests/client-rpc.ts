import type { PluginDefinition, RequestRef } from '@device-messaging/host-api';
import { isThenable, RpcError } from '@device-messaging/plugin-api';
import { defaultIfEmpty, isObservable, take, type Observable, type Subscription } from 'rxjs';
import { PendingCall, type CallListener, type CallOrigin, type CallOutcome } from '../calls/pending-call.js';
import { Expirable } from '../deadlines/deadline-queue.js';
import type { RpcEnvelope } from '../json/rpc-envelope.js';
import type { Observed } from '../observation/observation.js';
import type { Allowance } from '../quotas/allowance.js';
import type { HostSession } from '../sessions/host-session.js';
import { answerOf } from './answer.js';

/** What a client-side RPC needs of the desk that took it in. */
export interface RequestDesk {
  now(): number;
  /** A handler's own time, ms. */
  readonly pluginTimeoutMs: number;
  setDeadline(request: ClientRpc, deadline: number): void;
  clearDeadline(request: ClientRpc): void;
  /** The request has its answer: called exactly once. */
  answered(request: ClientRpc, outcome: CallOutcome): void;
  /** A handler failed in a way that its caller must not see. */
  logFailure(request: ClientRpc, error: unknown): void;
}

/**
 * One client-side RPC from its arrival to its answer, which it gets exactly once: whatever comes first of the
 * handler's result, the reply of the device it called, and the end of the handler's time.
 */
export class ClientRpc extends Expirable implements CallListener, CallOrigin, Observed {
  readonly method: string;
  readonly requestBytes: number;
  /** Where it is counted, from its beginning to its end. */
  readonly allowance: Allowance;
  /** Its place among the requests whose answer is owed. */
  place = 0;
  /** Until a handler has it: a slice of what was received would keep the whole chunk alive as long as the call. */
  private received: RpcEnvelope | undefined;
  private isAnswered = false;
  /** The plugin that works on it. */
  plugin: PluginDefinition | undefined;
  /** The device that was called last on its behalf. */
  targetDeviceId: string | undefined;

  private hasStarted = false;
  /** Server-side RPCs under way on behalf of this one. */
  private callsUnderWay = 0;
  /** The handler answers later: its own time runs while no call is under way. */
  private isHandlerOpen = false;
  /** The handler's observable, while it owes its first value. */
  private reply: Subscription | undefined;
  private ownTimeLeft: number;
  private ownTimeSince = 0;

  constructor(
    readonly session: HostSession,
    readonly ref: RequestRef,
    envelope: RpcEnvelope,
    /** Epoch ms. */
    readonly receivedAt: number,
    /** Epoch ms at which the caller stops waiting, if it said so. */
    readonly expiresAt: number | undefined,
    private readonly desk: RequestDesk,
  ) {
    super();
    this.received = envelope;
    this.method = envelope.method;
    this.requestBytes = envelope.bytes.length;
    this.allowance = session.allowance;
    this.ownTimeLeft = desk.pluginTimeoutMs;
  }

  get deviceId(): string {
    return this.session.deviceId;
  }

  get customerId(): string | undefined {
    return this.allowance.customer?.id;
  }

  /** What came in. For the way to the handler; afterwards it is gone. */
  get envelope(): RpcEnvelope {
    if (this.received === undefined) throw new Error('A request is handed to one handler only');
    return this.received;
  }

  get answered(): boolean {
    return this.isAnswered;
  }

  /** No handler was called for it and it has no answer. */
  get isUntouched(): boolean {
    return !this.hasStarted && !this.isAnswered;
  }

  /** Answers; the first answer counts. */
  answer(outcome: CallOutcome): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.desk.clearDeadline(this);
    this.reply?.unsubscribe();
    this.desk.answered(this, outcome);
  }

  /** Answers with an error that was thrown: its text if it is meant for the caller, else the host's own fault. */
  fail(error: unknown): void {
    if (error instanceof RpcError) {
      this.answer(error);
      return;
    }
    if (!this.isAnswered) this.desk.logFailure(this, error);
    this.answer(new RpcError('INTERNAL', { cause: error }));
  }

  /** The handler was called: takes what it returned as the answer, now or when it is there. */
  handlerReturned(result: unknown): void {
    this.hasStarted = true;
    this.received = undefined;
    this.desk.clearDeadline(this);
    if (result instanceof PendingCall) result.listen(this);
    else if (isObservable(result)) this.takeFirst(result);
    else if (isThenable(result)) {
      this.openHandler();
      result.then(
        (value) => this.answerWith(value),
        (error: unknown) => this.fail(error),
      );
    } else this.answerWith(result);
  }

  callSettled(outcome: CallOutcome): void {
    this.answer(outcome);
  }

  callBegan(targetId: string): void {
    this.targetDeviceId = targetId;
    if (this.callsUnderWay++ > 0 || !this.isHandlerOpen) return;
    this.ownTimeLeft -= this.desk.now() - this.ownTimeSince;
    this.desk.clearDeadline(this);
  }

  callEnded(): void {
    if (--this.callsUnderWay === 0 && this.isHandlerOpen && !this.isAnswered) this.runOwnTime();
  }

  /** The time to start it, or the handler's own time, is over. */
  expire(): void {
    if (this.hasStarted) this.answer(new RpcError('PLUGIN_TIMEOUT'));
    else this.fail(new Error('The message could not be brought to its handler in time'));
  }

  private answerWith(value: unknown): void {
    try {
      this.answer(answerOf(value));
    } catch (error) {
      this.fail(error);
    }
  }

  private takeFirst(reply: Observable<unknown>): void {
    this.openHandler();
    this.reply = reply.pipe(take(1), defaultIfEmpty(undefined)).subscribe({
      next: (value) => this.answerWith(value),
      error: (error: unknown) => this.fail(error),
    });
    if (this.isAnswered) this.reply.unsubscribe();
  }

  private openHandler(): void {
    this.isHandlerOpen = true;
    if (this.callsUnderWay === 0) this.runOwnTime();
  }

  private runOwnTime(): void {
    this.ownTimeSince = this.desk.now();
    this.desk.setDeadline(this, this.ownTimeSince + this.ownTimeLeft);
  }
}
