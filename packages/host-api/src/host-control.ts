import type { Awaitable } from '@device-messaging/plugin-api';
import type { ConfigurationProblem, JsonSchema } from './configuration.js';
import type { CustomerSettings, PluginDefinition, RuleDefinition } from './registry/rows.js';

/** A plugin type that the host has registered. */
export interface PluginType {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** JSON Schema of the configuration. */
  readonly configuration: JsonSchema;
  /** RPC methods it answers. */
  readonly methods: readonly string[];
}

/** Why a plugin instance that should be ACTIVE does not work on a node. */
export interface PluginFailure {
  readonly nodeId: string;
  readonly cause: string;
  /** Epoch ms. */
  readonly since: number;
}

/** What is alive in a host at this moment; every gauge returns to zero when devices and messages are gone. */
export interface HostStatistics {
  readonly sessions: number;
  /** Requests of devices whose answer is still owed. */
  readonly requests: number;
  /** Server-side RPCs under way: waiting or handed over. */
  readonly pendingCalls: number;
  /** Those of them that wait for their target. */
  readonly waitingCalls: number;
  /** Armed deadlines. */
  readonly deadlines: number;
  /** Devices the host keeps state for. */
  readonly devices: number;
  /** Counter: answers whose session was gone. */
  readonly droppedAnswers: number;
  /** Counter: replies whose id was unknown, late or another device's. */
  readonly droppedReplies: number;
}

/** What an administrator's interface asks of a running host. */
export interface HostControl {
  pluginTypes(): readonly PluginType[];
  /** What is wrong with a plugin definition, its customers' overrides included (their paths begin with the customer's id). */
  checkPlugin(
    definition: Pick<PluginDefinition, 'clazz' | 'configuration'>,
    overrides?: ReadonlyMap<string, CustomerSettings>,
  ): readonly ConfigurationProblem[];
  /** What is wrong with a rule definition. */
  checkRule(definition: Pick<RuleDefinition, 'filters' | 'processor' | 'action'>): readonly ConfigurationProblem[];
  /** Failures of a plugin on this node, none when it works or was not needed yet. */
  pluginFailures(tenantId: string, pluginId: string): Awaitable<readonly PluginFailure[]>;
  statistics(): HostStatistics;
}

export const HostControl: unique symbol = Symbol.for('device-messaging:HostControl');
