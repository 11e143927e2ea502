import type { Device } from '@device-messaging/plugin-api';
import type { CredentialsType } from '../credentials.js';

/** What every row that an administrator changes has. */
export interface Versioned {
  /** 1 when the row is made, one more with every change of it: see `RegistryAdmin`, `ifVersion`. */
  readonly version: number;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** A tenant: whoever runs devices, customers, plugins and rules of their own. */
export interface Tenant extends Versioned {
  readonly id: string;
  readonly title: string;
}

/** A customer of a tenant: owns devices. */
export interface Customer extends Versioned {
  readonly id: string;
  readonly tenantId: string;
  readonly title: string;
}

/** A device, its place in the order of age, and how often it was changed. */
export interface DeviceRow extends Device, Versioned {}

/** What a device proves itself with. Secrets are kept as digests only. */
export interface CredentialsRow {
  readonly deviceId: string;
  readonly type: CredentialsType;
  /** SHA-256 of the secret, lower-case hex. */
  readonly digest: string;
}

/** What was asked of a plugin or rule. What happened to it instead is a failure, kept by the host. */
export type ComponentState = 'ACTIVE' | 'SUSPENDED';

/** Settings as they are stored: JSON, checked against the component's class when they are put to use. */
export type Settings = Readonly<Record<string, unknown>>;

/** A plugin of a tenant; members and their names are those of ThingsBoard 1.x's export files. */
export interface PluginDefinition extends Versioned {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** Unique in the tenant; rules name the plugin by it. */
  readonly apiToken: string;
  /** A plugin type's id, or one of its aliases. */
  readonly clazz: string;
  readonly state: ComponentState;
  readonly configuration: Settings;
  /** Whether each call through the plugin leaves a row among the events: who, whom, outcome, times, sizes. */
  readonly audit: 'none' | 'messages';
}

/** One component's place in a rule. */
export interface ComponentDefinition {
  /** Shown to people. */
  readonly name: string;
  /** A rule component's id, or one of its aliases. */
  readonly clazz: string;
  readonly configuration: Settings;
}

/** A rule of a tenant; members and their names are those of ThingsBoard 1.x's export files. */
export interface RuleDefinition extends Versioned {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly state: ComponentState;
  /** Rules run by descending weight, then by age. */
  readonly weight: number;
  /** The `apiToken` of the plugin that the action talks to. */
  readonly pluginToken: string;
  /** All must match. None matches everything. */
  readonly filters: readonly ComponentDefinition[];
  readonly processor: ComponentDefinition | undefined;
  readonly action: ComponentDefinition;
}

/** What a tenant says of a plugin for one customer. */
export interface CustomerSettings {
  readonly enabled: boolean;
  /** Overrides of single members of the plugin's configuration. */
  readonly configuration: Settings;
}
