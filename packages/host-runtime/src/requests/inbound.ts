import { DeviceRegistry, Roster, Timers, type PublishOutcome, type RequestRef } from '@device-messaging/host-api';
import {
  isThenable,
  Logger,
  RpcError,
  type Awaitable,
  type Device,
  type MessageType,
} from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import type { CallOutcome } from '../calls/pending-call.js';
import { DeadlineQueue } from '../deadlines/deadline-queue.js';
import { withinDeadline } from '../deadlines/hook-deadline.js';
import { DeviceTable } from '../devices/device-table.js';
import { HostLimits } from '../host-limits.js';
import { isJson, RpcEnvelope } from '../json/rpc-envelope.js';
import { Observation, outcomeOf, type Observed } from '../observation/observation.js';
import { RequestTally } from '../observation/request-tally.js';
import { FaultLog } from '../rules/fault-log.js';
import { RuleEngine } from '../rules/rule-engine.js';
import type { HostSession } from '../sessions/host-session.js';
import { bytesOf, errorBytes, kindOf } from './answer.js';
import { ClientRpc, type RequestDesk } from './client-rpc.js';
import { StartLane, type Arrival } from './start-lane.js';

/** Messages of one device that may wait to be started; only a registry or plugin that hangs lets it come to that. */
const MAX_LANE_LENGTH = 1_000;

/** One for all: a flood of requests that are over a limit must cost little. */
const RATE_LIMITED = new RpcError('RATE_LIMIT_EXCEEDED');

/** Takes in what devices send, starts it in order, and sees to it that every request gets its one answer. */
@injectable()
export class Inbound implements RequestDesk {
  readonly pluginTimeoutMs: number;
  /** Requests whose answer is still owed. */
  private readonly open = new Roster<ClientRpc>();
  private readonly tally = new RequestTally();
  private dropped = 0;
  private messages = 0;
  private droppedMessageCount = 0;
  private rateLimitedMessageCount = 0;
  private onIdle: (() => void) | undefined;

  constructor(
    @inject(RuleEngine) private readonly engine: RuleEngine,
    @inject(DeviceRegistry) private readonly registry: DeviceRegistry,
    @inject(DeviceTable) private readonly devices: DeviceTable,
    @inject(DeadlineQueue) private readonly deadlines: DeadlineQueue,
    @inject(Timers) private readonly timers: Timers,
    @inject(HostLimits) private readonly limits: HostLimits,
    @inject(Observation) private readonly observation: Observation,
    @inject(FaultLog) private readonly faults: FaultLog,
    @inject(Logger) private readonly logger: Logger,
  ) {
    this.pluginTimeoutMs = limits.pluginTimeoutMs;
  }

  /** Requests whose answer is still owed. */
  get requestCount(): number {
    return this.open.size;
  }

  /** Answers whose session was gone. */
  get droppedAnswers(): number {
    return this.dropped;
  }

  /** Requests that have their answer, by outcome and by how long they took. */
  get answeredRequests(): Pick<RequestTally, 'byOutcome' | 'latency'> {
    return this.tally;
  }

  /** Telemetry and attributes that were taken in. */
  get messageCount(): number {
    return this.messages;
  }

  /** Telemetry and attributes that were not. */
  get droppedMessages(): number {
    return this.droppedMessageCount;
  }

  /** Those of them that went over a quota, or found too many before them. */
  get rateLimitedMessages(): number {
    return this.rateLimitedMessageCount;
  }

  /** Done when every request has its answer. For a host that stops: one waits at a time. */
  whenIdle(): Promise<void> {
    return this.open.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.onIdle = resolve));
  }

  /** Answers what is left, truthfully: its handlers were too slow for a host that stops. */
  close(): void {
    for (const rpc of this.open) rpc.answer(new RpcError('PLUGIN_TIMEOUT'));
  }

  request(session: HostSession, ref: RequestRef, payload: Uint8Array, expiresAt: number | undefined): void {
    const envelope = RpcEnvelope.read(payload);
    if (envelope instanceof RpcError) {
      this.refuse(session, ref, envelope, payload.length);
      return;
    }
    const rpc = new ClientRpc(session, ref, envelope, this.timers.now(), expiresAt, this);
    this.open.add(rpc);
    if (!rpc.allowance.beginRequest(rpc.receivedAt)) {
      rpc.answer(RATE_LIMITED);
      return;
    }
    const lane = session.entry.lane;
    if (lane !== undefined && !lane.isIdle) {
      this.queue(lane, rpc);
      return;
    }
    const started = this.start(rpc);
    if (!isThenable(started)) return;
    this.setDeadline(rpc, rpc.receivedAt + this.limits.hookTimeoutMs);
    this.laneOf(session).follow(this.bounded(started));
  }

  publish(session: HostSession, type: MessageType, payload: Uint8Array): PublishOutcome {
    const outcome = this.take(session, type, payload);
    if (outcome === 'accepted') this.messages++;
    else this.droppedMessageCount++;
    if (outcome === 'rate-limited') this.rateLimitedMessageCount++;
    return outcome;
  }

  private take(session: HostSession, type: MessageType, payload: Uint8Array): PublishOutcome {
    if (!isJson(payload)) return 'malformed';
    const receivedAt = this.timers.now();
    if (!session.allowance.takeMessage(receivedAt)) return 'rate-limited';
    const lane = session.entry.lane;
    const start = (): Awaitable<void> => this.startMessage(session, type, payload, receivedAt);
    if (lane !== undefined && !lane.isIdle) {
      if (lane.length >= MAX_LANE_LENGTH) return 'rate-limited';
      lane.push({ start });
      return 'accepted';
    }
    const started = start();
    if (isThenable(started)) this.laneOf(session).follow(this.bounded(started));
    return 'accepted';
  }

  now(): number {
    return this.timers.now();
  }

  setDeadline(request: ClientRpc, deadline: number): void {
    this.deadlines.set(request, deadline);
  }

  clearDeadline(request: ClientRpc): void {
    this.deadlines.clear(request);
  }

  answered(request: ClientRpc, outcome: CallOutcome): void {
    this.open.remove(request);
    request.allowance.requestEnded();
    const sent = this.send(request.session, request.ref, outcome);
    const now = this.timers.now();
    this.tally.count(outcomeOf(sent), now - request.receivedAt);
    if (this.observation.watchesRequests) this.observe(request, sent, now);
    if (this.open.size === 0) this.onIdle?.();
  }

  logFailure(request: ClientRpc, error: unknown): void {
    const { deviceId, plugin, method, session } = request;
    const source = {
      tenantId: session.tenantId,
      entityId: plugin?.id,
      component: plugin === undefined ? 'request' : `handler "${method}"`,
    };
    this.faults.report(source, 'A request failed', { deviceId, pluginId: plugin?.id, method, error });
  }

  private queue(lane: StartLane, rpc: ClientRpc): void {
    if (lane.length >= MAX_LANE_LENGTH) {
      rpc.fail(new Error('Too many messages of this device wait to be started'));
      return;
    }
    this.setDeadline(rpc, rpc.receivedAt + this.limits.hookTimeoutMs);
    const arrival: Arrival = {
      start: () => {
        const started = rpc.answered ? undefined : this.start(rpc);
        return isThenable(started) ? this.bounded(started) : undefined;
      },
    };
    lane.push(arrival);
  }

  /** Brings a request to its handler; whatever fails on the way is its answer. */
  private start(rpc: ClientRpc): Awaitable<void> {
    try {
      const device = this.registry.findDevice(rpc.deviceId);
      const started = isThenable(device) ? device.then((row) => this.startFrom(rpc, row)) : this.startFrom(rpc, device);
      if (!isThenable(started)) return;
      return started.then(undefined, (error: unknown) => rpc.fail(error));
    } catch (error) {
      rpc.fail(error);
    }
  }

  private startFrom(rpc: ClientRpc, device: Device | undefined): Awaitable<void> {
    if (device !== undefined) return this.engine.request(rpc, device);
    // Deleted a moment ago: its sessions are being closed, nobody will read this.
    rpc.answer(new RpcError('INTERNAL'));
  }

  private startMessage(
    session: HostSession,
    type: MessageType,
    payload: Uint8Array,
    receivedAt: number,
  ): Awaitable<void> {
    const failed = (error: unknown): void =>
      this.logger.error('A message could not be offered to the rules', { deviceId: session.deviceId, type, error });
    const go = (device: Device | undefined): Awaitable<void> =>
      device === undefined ? undefined : this.engine.message(device, type, payload, receivedAt);
    try {
      const device = this.registry.findDevice(session.deviceId);
      const started = isThenable(device) ? device.then(go) : go(device);
      return isThenable(started) ? started.then(undefined, failed) : undefined;
    } catch (error) {
      failed(error);
    }
  }

  /** A start that hangs holds its device's lane for a bounded time; the request has its answer by then. */
  private bounded(started: PromiseLike<unknown>): Promise<void> {
    const { deadlines, limits, timers } = this;
    return withinDeadline(started, 'Starting a message', limits.hookTimeoutMs, deadlines, timers.now()).then(
      () => undefined,
      (error: unknown) => this.logger.warn('A message did not start in time', { error }),
    );
  }

  private laneOf(session: HostSession): StartLane {
    const { entry } = session;
    entry.lane ??= new StartLane(() => {
      entry.lane = undefined;
      this.devices.release(entry);
    });
    return entry.lane;
  }

  /** A request that is none gets its answer, and is counted like any other. */
  private refuse(session: HostSession, ref: RequestRef, reason: RpcError, requestBytes: number): void {
    const sent = this.send(session, ref, reason);
    this.tally.count(outcomeOf(sent), 0);
    if (!this.observation.watchesRequests) return;
    const now = this.timers.now();
    const customerId = session.allowance.customer?.id;
    const nothing = { method: '', plugin: undefined, targetDeviceId: undefined };
    this.observe({ session, customerId, receivedAt: now, requestBytes, ...nothing }, sent, now);
  }

  private observe(request: Observed, sent: CallOutcome, now: number): void {
    this.observation.requestAnswered(request, outcomeOf(sent), now, bytesOf(sent).length);
  }

  /** Sends an answer, or a shorter one in its place: which one is told. */
  private send(session: HostSession, ref: RequestRef, outcome: CallOutcome): CallOutcome {
    if (session.closed) {
      this.dropped++;
      return outcome;
    }
    try {
      const kind = outcome instanceof RpcError ? kindOf(outcome) : 'answer';
      if (session.sink.answer(ref, bytesOf(outcome), kind) === 'sent') return outcome;
      const tooLarge = new RpcError('MESSAGE_TOO_LARGE');
      if (session.sink.answer(ref, errorBytes(tooLarge), 'answer') === 'too-large') this.dropped++;
      return tooLarge;
    } catch (error) {
      this.logger.error('A transport failed to send an answer', { transport: session.facts.transport, error });
      return outcome;
    }
  }
}
