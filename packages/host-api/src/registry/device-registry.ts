import type { Awaitable, Device, DeviceQuery } from '@device-messaging/plugin-api';
import type { Observable } from 'rxjs';
import type { CredentialsType } from '../credentials.js';
import type { Quotas, QuotaSubject } from './quotas.js';
import type { RegistryChange } from './registry-change.js';
import type { CustomerSettings, PluginDefinition, RuleDefinition } from './rows.js';

/**
 * The read side of a registry, as the host uses it while messages flow. It answers from memory when it can, and
 * synchronously then; a lookup that fails rejects and is answered as `Internal server error!`.
 * Rows are immutable. A read that begins after a change was announced sees the change.
 */
export interface DeviceRegistry {
  /** The device that has these credentials. `digest`: SHA-256 of the secret, lower-case hex. */
  findDeviceByCredentials(type: CredentialsType, digest: string): Awaitable<Device | undefined>;
  /** The one device of a tenant that has exactly this name; a name that several have finds none of them. */
  findDeviceByName(tenantId: string, name: string): Awaitable<Device | undefined>;
  /** By id, lower case; of any tenant: the host checks whose it is. */
  findDevice(deviceId: string): Awaitable<Device | undefined>;
  /** Devices of a tenant's customer by age, oldest first; an `after` that is none of them yields nothing. */
  listDevices(tenantId: string, query: DeviceQuery): Awaitable<readonly Device[]>;
  /** All rules of a tenant, in any order. */
  listRules(tenantId: string): Awaitable<readonly RuleDefinition[]>;
  /** All plugins of a tenant, in any order. */
  listPlugins(tenantId: string): Awaitable<readonly PluginDefinition[]>;
  /**
   * What holds for a customer, or with `undefined` for devices without one: what was set for the customer, else the
   * plugin's default without overrides. Plugins are enabled by default until a tenant says otherwise.
   */
  findCustomerSettings(pluginId: string, customerId: string | undefined): Awaitable<CustomerSettings>;
  /** What was put for a tenant, customer or device; `UNLIMITED` when nothing was. */
  findQuotas(subject: QuotaSubject): Awaitable<Quotas>;
  /** Every change made through this registry object, after it took effect, in order. Never errors, never completes. */
  readonly changes: Observable<RegistryChange>;
}

export const DeviceRegistry: unique symbol = Symbol.for('device-messaging:DeviceRegistry');
