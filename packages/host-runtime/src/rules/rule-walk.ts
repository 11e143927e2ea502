import {
  isThenable,
  RpcError,
  type Awaitable,
  type RpcErrorCode,
  type RuleMessage,
} from '@device-messaging/plugin-api';
import { RpcEnvelope } from '../json/rpc-envelope.js';
import type { ClientRpc } from '../requests/client-rpc.js';
import type { TenantRuntime } from '../tenants/tenant-runtime.js';
import type { CompiledRule } from './compiled-rule.js';
import type { FaultLog } from './fault-log.js';

type Metadata = Readonly<Record<string, unknown>>;

const NO_METADATA: Metadata = Object.freeze({});

/** What can be said when no plugin answers; the one furthest down wins (ThingsBoard's rule-engine errors). */
const UNANSWERED: readonly RpcErrorCode[] = [
  'NO_RULES',
  'NO_ACTIVE_RULES',
  'NO_MATCHING_RULE',
  'NO_TWO_WAY_ACTION',
  'NO_RESPONSE',
  'PLUGIN_TIMEOUT',
  'PLUGIN_SUSPENDED',
];
const [NO_RULES, NO_ACTIVE_RULES, NO_MATCHING_RULE, NO_TWO_WAY_ACTION, NO_RESPONSE] = [0, 1, 2, 3, 4];

/**
 * One message on its way through a tenant's rules, by descending weight. An RPC request ends at the first two-way
 * action whose rule matches; other messages visit every rule that matches.
 */
export class RuleWalk {
  private index = 0;
  /** Index in {@link UNANSWERED}. */
  private reason: number;

  constructor(
    private readonly tenant: TenantRuntime,
    private readonly message: RuleMessage,
    /** The request behind the message; `undefined` for telemetry and attributes. */
    private readonly rpc: ClientRpc | undefined,
    private readonly faults: FaultLog,
  ) {
    this.reason = tenant.ruleCount === 0 ? NO_RULES : tenant.activeRuleCount === 0 ? NO_ACTIVE_RULES : NO_MATCHING_RULE;
  }

  /** Done when the message reached every handler it is for. Neither throws nor rejects. */
  run(): Awaitable<void> {
    const rules = this.tenant.rules;
    while (this.index < rules.length) {
      const rule = rules[this.index++]!;
      const matched = this.matches(rule, 0);
      if (isThenable(matched)) {
        return matched.then((does) => (does ? this.goOn(this.apply(rule)) : this.run()));
      }
      if (!matched) continue;
      const isOver = this.apply(rule);
      if (isThenable(isOver)) return this.goOn(isOver);
      if (isOver) return;
    }
    this.rpc?.answer(this.unanswered());
  }

  private goOn(applied: Awaitable<boolean>): Awaitable<void> {
    if (!isThenable(applied)) return applied ? undefined : this.run();
    return applied.then((isOver) => (isOver ? undefined : this.run()));
  }

  /** A filter that fails does not match. */
  private matches(rule: CompiledRule, from: number): Awaitable<boolean> {
    for (let at = from; at < rule.filters.length; at++) {
      try {
        const matched = rule.filters[at]!.matches(this.message);
        if (isThenable(matched)) {
          return this.tenant
            .bounded(matched, `Filter ${at} of rule "${rule.name}"`)
            .then((does) => does && this.matches(rule, at + 1))
            .catch((error: unknown) => this.fault(rule, `filters[${at}]`, error));
        }
        if (!matched) return false;
      } catch (error) {
        return this.fault(rule, `filters[${at}]`, error);
      }
    }
    return true;
  }

  /** Runs the rest of a rule that matches. `true`: the walk is over. */
  private apply(rule: CompiledRule): Awaitable<boolean> {
    this.note(rule.isTwoWay ? NO_RESPONSE : NO_TWO_WAY_ACTION);
    if (rule.processor === undefined) return this.act(rule, NO_METADATA);
    try {
      const metadata = rule.processor.process(this.message);
      if (!isThenable(metadata)) return this.act(rule, metadata);
      return this.tenant
        .bounded(metadata, `The processor of rule "${rule.name}"`)
        .then((found) => this.act(rule, found))
        .catch((error: unknown) => this.broken(rule, 'processor', error));
    } catch (error) {
      return this.broken(rule, 'processor', error);
    }
  }

  private act(rule: CompiledRule, metadata: Metadata): Awaitable<boolean> {
    try {
      const message = rule.action.toPlugin(this.message, metadata);
      const plugin = this.tenant.plugin(rule.pluginToken);
      if (message === undefined) return this.ended(rule, undefined);
      if (plugin === undefined) {
        return this.broken(rule, 'action', new Error(`The tenant has no plugin with the token "${rule.pluginToken}"`));
      }
      const rpc = rule.isTwoWay ? this.rpc : undefined;
      const reason =
        rpc === undefined
          ? plugin.deliver(message, metadata)
          : plugin.dispatch(rpc, message.device, this.envelopeOf(rpc, message));
      if (!isThenable(reason)) return this.ended(rule, reason);
      return reason.then(
        (error) => this.ended(rule, error),
        (error: unknown) => this.broken(rule, 'action', error),
      );
    } catch (error) {
      return this.broken(rule, 'action', error);
    }
  }

  /** An action may hand on another request than the one that came in. */
  private envelopeOf(rpc: ClientRpc, message: RuleMessage): RpcEnvelope {
    if (message === this.message) return rpc.envelope;
    const envelope = RpcEnvelope.read(message.payload.bytes);
    if (envelope instanceof RpcError) throw new Error(`The action made a request that is none: ${envelope.message}`);
    return envelope;
  }

  /** An action is done; `error` says why its plugin took no part. */
  private ended(rule: CompiledRule, error: RpcError | undefined): boolean {
    const reason = error === undefined ? -1 : UNANSWERED.indexOf(error.code);
    this.note(reason);
    if (!rule.isTwoWay || this.rpc === undefined) return false;
    if (error !== undefined && reason < 0) this.rpc.answer(error);
    else if (error !== undefined || this.rpc.isUntouched) this.rpc.answer(this.unanswered());
    return true;
  }

  private note(reason: number): void {
    if (reason > this.reason) this.reason = reason;
  }

  private unanswered(): RpcError {
    return new RpcError(UNANSWERED[this.reason]!);
  }

  /** A processor or an action failed: its rule does not go on, and the caller of a two-way one learns that much. */
  private broken(rule: CompiledRule, part: string, error: unknown): boolean {
    this.fault(rule, part, error);
    if (!rule.isTwoWay || this.rpc === undefined) return false;
    this.rpc.answer(new RpcError('INTERNAL', { cause: error }));
    return true;
  }

  private fault(rule: CompiledRule, part: string, error: unknown): false {
    const source = { tenantId: this.message.device.tenantId, entityId: rule.id, component: part };
    this.faults.report(source, 'A rule component failed', { ruleId: rule.id, rule: rule.name, error });
    return false;
  }
}
