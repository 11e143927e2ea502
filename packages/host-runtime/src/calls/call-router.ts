import { DeviceRegistry, Timers } from '@device-messaging/host-api';
import {
  isThenable,
  JsonText,
  Logger,
  RpcError,
  type ServerRpc,
  type ServerRpcOptions,
} from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import { DeadlineQueue } from '../deadlines/deadline-queue.js';
import { withinDeadline } from '../deadlines/hook-deadline.js';
import type { DeviceEntry } from '../devices/device-entry.js';
import type { DeviceLink } from '../devices/device-link.js';
import { DeviceTable } from '../devices/device-table.js';
import { HostLimits } from '../host-limits.js';
import { isJson } from '../json/rpc-envelope.js';
import { CallReview, type Refusal } from './call-review.js';
import { canTakeCalls, handOver, hasListener } from './hand-over.js';
import { PendingCall, type CallKeeper, type CallOrigin, type CallOwner } from './pending-call.js';
import { PendingTable } from './pending-table.js';

/** How long a review that had to be waited for holds, ms: a change acts within a second. */
const GRANT_MS = 1_000;

/**
 * The server-side RPCs of this node from request to outcome: reviews them, hands them to the sessions of their
 * targets, keeps those whose target is away, matches replies. Every call that enters settles exactly once.
 */
@injectable()
export class CallRouter implements CallKeeper {
  private readonly calls = new PendingTable();
  private readonly reviews: CallReview;
  private waiting = 0;
  private lateReplies = 0;

  constructor(
    @inject(DeviceRegistry) registry: DeviceRegistry,
    @inject(DeviceTable) private readonly devices: DeviceTable,
    @inject(DeadlineQueue) private readonly deadlines: DeadlineQueue,
    @inject(Timers) private readonly timers: Timers,
    @inject(HostLimits) private readonly limits: HostLimits,
    @inject(Logger) logger: Logger,
  ) {
    this.reviews = new CallReview(registry, logger);
  }

  get pendingCount(): number {
    return this.calls.size;
  }

  get waitingCount(): number {
    return this.waiting;
  }

  /** Replies whose id was unknown, late or another device's. */
  get droppedReplies(): number {
    return this.lateReplies;
  }

  /** Makes a call. Whatever is wrong with it is its outcome. */
  request(
    owner: CallOwner,
    targetId: string,
    message: ServerRpc,
    options: ServerRpcOptions,
    origin: CallOrigin | undefined,
  ): PendingCall {
    const now = this.timers.now();
    const due = now + options.timeoutMs;
    const deadline = origin?.expiresAt === undefined ? due : Math.min(due, origin.expiresAt);
    const call = new PendingCall(this.calls.nextId(), owner, targetId, message, options, origin, deadline, this);
    this.calls.add(call);
    this.deadlines.set(call, deadline);
    origin?.callBegan(targetId);
    const refusal = this.reviews.review(call);
    if (isThenable(refusal)) {
      this.wait(call);
      this.awaitReview(call, refusal);
    } else if (refusal !== undefined) call.settle(refusal);
    else this.route(call, now);
    return call;
  }

  /** A device's reply. `false`: no call of this device waits for it. */
  reply(session: DeviceLink, id: number, payload: Uint8Array): boolean {
    const call = this.calls.get(id);
    if (call === undefined || !call.handed || call.targetId !== session.deviceId) {
      this.lateReplies++;
      return false;
    }
    if (call.oneway) call.settle(JsonText.NULL);
    else call.settle(isJson(payload) ? JsonText.fromValidatedBytes(payload) : new RpcError('INVALID_RESPONSE'));
    return true;
  }

  /** A session says that a call in doubt reached its device. */
  confirm(session: DeviceLink, id: number): void {
    const call = this.calls.get(id);
    if (call === undefined || call.doubtful?.delete(session) !== true) return;
    call.confirmed = true;
    call.forgetBody();
    if (call.oneway) call.settle(JsonText.NULL);
  }

  /** A session says that a call in doubt certainly did not reach its device. When nobody has it, it waits again. */
  fail(session: DeviceLink, id: number): void {
    const call = this.calls.get(id);
    if (call === undefined || call.doubtful?.delete(session) !== true) return;
    if (call.confirmed || call.doubtful.size > 0) return;
    call.handed = false;
    call.doubtful = undefined;
    const entry = this.devices.ensure(call.targetId);
    const later = entry.inbox;
    entry.inbox = undefined;
    this.wait(call);
    for (const other of later ?? []) entry.inbox!.add(other);
    this.pump(entry);
  }

  /** Hands a device what waits for it, in order, as far as its sessions take it. */
  pump(entry: DeviceEntry): void {
    const inbox = entry.inbox;
    if (entry.isPumping || inbox === undefined) return;
    entry.isPumping = true;
    for (const call of inbox) {
      if (call.reviewing || !canTakeCalls(entry)) break;
      if (call.grantedUntil <= this.timers.now() && !this.reviewAgain(call, entry)) break;
      call.grantedUntil = 0;
      if (call.outcome === undefined && !this.offer(call, entry, this.timers.now())) break;
    }
    entry.isPumping = false;
    if (entry.inbox !== inbox) this.pump(entry);
    else this.devices.release(entry);
  }

  /** Something that decides about waiting calls changed: asks again. */
  recheck(calls: Iterable<PendingCall>): void {
    for (const call of [...calls]) {
      if (call.handed || call.outcome !== undefined) continue;
      call.reviewEpoch++;
      call.grantedUntil = 0;
      if (call.reviewing) continue;
      const refusal = this.reviews.review(call);
      if (isThenable(refusal)) this.awaitReview(call, refusal);
      else if (refusal !== undefined) call.settle(refusal);
    }
  }

  /** Asks again about everything of a tenant that waits. */
  recheckTenant(tenantId: string): void {
    this.recheck(this.calls.all().filter((call) => call.owner.tenantId === tenantId));
  }

  /** Asks again about what waits for a device, and what waits elsewhere on its behalf. */
  recheckDevice(deviceId: string): void {
    const entry = this.devices.get(deviceId);
    if (entry !== undefined) this.recheck([...(entry.inbox ?? []), ...(entry.outbox ?? [])]);
  }

  /** The device lost its right to speak: what waits on its behalf is not delivered any more. */
  cancelFrom(deviceId: string): void {
    for (const call of [...(this.devices.get(deviceId)?.outbox ?? [])]) call.settle(new RpcError('NOT_ALLOWED'));
  }

  /** The tenants whose plugins have calls under way. */
  tenantsWithCalls(): Set<string> {
    return new Set(this.calls.all().map((call) => call.owner.tenantId));
  }

  /** The host takes no new connections: what waits for a device that is not here will not be delivered any more. */
  giveUpWaiting(): void {
    for (const call of this.calls.all()) {
      if (!call.handed && !hasListener(this.devices.get(call.targetId))) this.expired(call);
    }
  }

  /** Settles all that is left, truthfully. */
  close(): void {
    for (const call of this.calls.all()) this.expired(call);
  }

  settled(call: PendingCall): void {
    this.calls.delete(call);
    this.deadlines.clear(call);
    if (call.isWaiting) this.unwait(call);
    call.origin?.callEnded();
  }

  expired(call: PendingCall): void {
    call.settle(new RpcError(call.handed ? 'TIMEOUT' : 'NO_ACTIVE_CONNECTION'));
  }

  /** A call that may pass: to the target if it listens, else it waits or fails. */
  private route(call: PendingCall, now: number): void {
    const entry = this.devices.get(call.targetId);
    const isFirst = entry !== undefined && (entry.inbox === undefined || entry.inbox.size === 0);
    if (isFirst && canTakeCalls(entry) && this.offer(call, entry, now)) return;
    const reason = this.admit(call, entry, entry?.inbox?.size ?? 0);
    if (reason !== undefined) call.settle(reason);
    else this.wait(call);
  }

  /** Whether a call that nobody took yet may wait behind `ahead` others. Asked once. */
  private admit(call: PendingCall, entry: DeviceEntry | undefined, ahead: number): Refusal {
    if (call.admitted) return undefined;
    call.admitted = true;
    if (!call.waits && !hasListener(entry)) return new RpcError('NO_ACTIVE_CONNECTION');
    if (ahead >= this.limits.maxWaitingPerDevice) return new RpcError('TOO_MANY_WAITING');
    const mayWait = call.origin === undefined || call.origin.allowance.mayWait(call.isWaiting);
    return mayWait ? undefined : new RpcError('RATE_LIMIT_EXCEEDED');
  }

  /** `false`: nobody took it. Past its deadline a call is not handed over any more, even if its timer is late. */
  private offer(call: PendingCall, entry: DeviceEntry, now: number): boolean {
    if (now >= call.deadline) {
      this.expired(call);
      return true;
    }
    if (!handOver(call, entry)) return false;
    if (call.isWaiting) this.unwait(call);
    return true;
  }

  private wait(call: PendingCall): void {
    call.detach();
    call.isWaiting = true;
    this.waiting++;
    (this.devices.ensure(call.targetId).inbox ??= new Set()).add(call);
    if (call.origin === undefined) return;
    call.origin.allowance.waitBegan();
    (this.devices.ensure(call.origin.deviceId).outbox ??= new Set()).add(call);
  }

  private unwait(call: PendingCall): void {
    call.isWaiting = false;
    this.waiting--;
    const entry = this.devices.get(call.targetId);
    if (entry?.inbox?.delete(call) === true) this.devices.release(entry);
    if (call.origin === undefined) return;
    call.origin.allowance.waitEnded();
    const home = this.devices.get(call.origin.deviceId);
    if (home?.outbox?.delete(call) === true) this.devices.release(home);
  }

  /** Before a hand-over: `true` when the pump may go on with the call (or it was refused), `false` when it must wait. */
  private reviewAgain(call: PendingCall, entry: DeviceEntry): boolean {
    const refusal = this.reviews.review(call);
    if (!isThenable(refusal)) {
      if (refusal !== undefined) call.settle(refusal);
      return true;
    }
    this.awaitReview(call, refusal);
    // The security rule takes its time: ask about those behind at once rather than one after the other.
    for (const other of entry.inbox ?? []) {
      if (other.reviewing || other.grantedUntil > this.timers.now()) continue;
      const verdict = this.reviews.review(other);
      if (isThenable(verdict)) this.awaitReview(other, verdict);
      else if (verdict !== undefined) other.settle(verdict);
    }
    return false;
  }

  private awaitReview(call: PendingCall, review: PromiseLike<Refusal>): void {
    const epoch = call.reviewEpoch;
    call.reviewing = true;
    const now = this.timers.now();
    void withinDeadline(review, 'The review of a call', this.limits.hookTimeoutMs, this.deadlines, now)
      .catch((error: unknown) => this.reviews.failed(error))
      .then((refusal) => this.reviewed(call, epoch, refusal));
  }

  private reviewed(call: PendingCall, epoch: number, refusal: Refusal): void {
    call.reviewing = false;
    if (call.outcome !== undefined) return;
    if (epoch !== call.reviewEpoch) {
      this.recheck([call]);
      return;
    }
    const entry = this.devices.get(call.targetId);
    call.grantedUntil = this.timers.now() + GRANT_MS;
    const reason = refusal ?? this.admit(call, entry, (entry?.inbox?.size ?? 1) - 1);
    if (reason !== undefined) call.settle(reason);
    if (entry !== undefined) this.pump(entry);
  }
}
