import type { Awaitable, JsonText } from '@device-messaging/plugin-api';
import type { ConfigurationProblem, JsonSchema } from './configuration.js';
import type { HostStatistics } from './host-statistics.js';
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
  /** The plugin author's version of it; `undefined` when the author gives none. */
  readonly version: string | undefined;
  /** What brings devices' requests to an instance: a rule for its methods. `undefined`: it answers none. */
  readonly rule: DeclaredRule | undefined;
}

/** A rule as a plugin type declares it: what is left to say is whose it is, its name and the plugin's token. */
export type DeclaredRule = Pick<RuleDefinition, 'weight' | 'filters' | 'processor' | 'action'>;

/** Why a plugin instance that should be ACTIVE does not work on a node. */
export interface PluginFailure {
  readonly nodeId: string;
  readonly cause: string;
  /** Epoch ms. */
  readonly since: number;
}

/** A server-side RPC that a tenant makes, not a device of it. */
export interface TenantCall {
  readonly tenantId: string;
  /** The target, in any case. */
  readonly deviceId: string;
  readonly method: string;
  /** Verbatim. */
  readonly params: JsonText;
  /** Ms from now until the reply is due; above 0. */
  readonly timeoutMs: number;
  /** `true`: the answer is `null`, once a session of the device took the call. */
  readonly oneway?: boolean | undefined;
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
  /** Whether the device has a session on this node. `deviceId` in any case. */
  isOnline(deviceId: string): boolean;
  /**
   * Calls a device on behalf of its tenant, as a plugin would: handed to every session that listens, the first reply
   * wins, verbatim. It does not wait for a device that is away.
   *
   * Rejects with an `RpcError`: `TARGET_NOT_FOUND` (of another tenant, too), `NO_ACTIVE_CONNECTION`, `TIMEOUT`,
   * `TIMEOUT_NOT_POSITIVE`, `INVALID_RESPONSE`, `MESSAGE_TOO_LARGE`, `TOO_MANY_WAITING`, `INTERNAL`.
   */
  callDevice(call: TenantCall): Promise<JsonText>;
  statistics(): HostStatistics;
}

export const HostControl: unique symbol = Symbol.for('device-messaging:HostControl');
