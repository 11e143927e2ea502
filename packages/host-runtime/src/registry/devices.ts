import {
  creationTime,
  expectVersion,
  filledText,
  newId,
  nextVersion,
  overQuota,
  sha256Digest,
  touchedRow,
  type Change,
  type CredentialsRow,
  type CredentialsType,
  type DeviceFilter,
  type DeviceRow,
  type Expectation,
  type New,
} from '@device-messaging/host-api';
import type { Clock, DeviceQuery } from '@device-messaging/plugin-api';
import type { ChangeFeed } from './change-feed.js';
import type { Customers } from './customers.js';
import { DeviceTable, type Credentials } from './device-table.js';
import type { StoredQuotas } from './stored-quotas.js';
import type { Tenants } from './tenants.js';

/** The devices of all tenants: what may be done with them, and what is announced of it. */
export class Devices {
  private readonly table = new DeviceTable();

  constructor(
    private readonly tenants: Tenants,
    private readonly customers: Customers,
    private readonly quotas: StoredQuotas,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {}

  /** Ids are taken in any case, and as they are first: every message asks. */
  find(deviceId: string): DeviceRow | undefined {
    return this.table.find(deviceId) ?? this.table.find(deviceId.toLowerCase());
  }

  /** @throws RegistryError NOT_FOUND */
  get(deviceId: string): DeviceRow {
    return this.table.get(deviceId.toLowerCase());
  }

  findByCredentials(type: CredentialsType, digest: string): DeviceRow | undefined {
    return this.table.findByCredentials({ type, digest });
  }

  findByName(tenantId: string, name: string): DeviceRow | undefined {
    return this.table.findByName(tenantId.toLowerCase(), name);
  }

  list(tenantId: string, query: DeviceQuery): readonly DeviceRow[] {
    const customerId = query.customerId.toLowerCase();
    if (this.customers.find(customerId)?.tenantId !== tenantId.toLowerCase()) return [];
    const [after, except] = [query.after?.toLowerCase(), query.except?.toLowerCase()];
    return this.table.list({ ...query, customerId, after, except });
  }

  listOfTenant(tenantId: string, filter: DeviceFilter): readonly DeviceRow[] {
    const [owner, customerId] = [tenantId.toLowerCase(), filter.customerId?.toLowerCase() ?? filter.customerId];
    if (typeof customerId === 'string' && this.customers.find(customerId)?.tenantId !== owner) return [];
    return this.table.listOfTenant(owner, { ...filter, customerId, after: filter.after?.toLowerCase() });
  }

  create(device: New<DeviceRow>, credentials: Credentials | undefined): DeviceRow {
    const tenant = this.tenants.get(device.tenantId);
    const row: DeviceRow = Object.freeze({
      id: newId(device.id, 'device'),
      // The ids of the owners' rows, not the given texts: a million devices share them.
      tenantId: tenant.id,
      customerId: this.customers.idWithin(tenant.id, device.customerId),
      name: filledText(device.name, "device's name"),
      type: filledText(device.type, "device's type"),
      createdAt: creationTime(device.createdAt, this.clock.now()),
      version: 1,
    });
    this.expectRoom('tenant', row.tenantId);
    this.expectRoom('customer', row.customerId);
    if (credentials !== undefined) sha256Digest(credentials.digest);
    this.table.add(row, credentials);
    this.announce(row, false);
    return row;
  }

  update(deviceId: string, change: Change<DeviceRow, 'name' | 'type'>, expected: Expectation | undefined): DeviceRow {
    const old = this.expect(deviceId, expected);
    const name = filledText(change.name ?? old.name, "device's name");
    const type = filledText(change.type ?? old.type, "device's type");
    return this.replace(old, nextVersion(old, { name, type }));
  }

  assign(deviceId: string, given: string | undefined, expected: Expectation | undefined): DeviceRow {
    const old = this.expect(deviceId, expected);
    const customerId = this.customers.idWithin(old.tenantId, given);
    if (customerId !== old.customerId) this.expectRoom('customer', customerId);
    return this.replace(old, nextVersion(old, { customerId }));
  }

  /** The devices of a customer that is about to be deleted become nobody's; that is announced with its deletion. */
  unassignAll(customerId: string): void {
    for (const row of this.table.ofCustomer(customerId))
      this.table.replace(nextVersion(row, { customerId: undefined }));
  }

  delete(deviceId: string, expected: Expectation | undefined): void {
    const row = this.expect(deviceId, expected);
    this.table.remove(row.id);
    this.quotas.forget({ kind: 'device', id: row.id });
    this.announce(row, true);
  }

  removeTenant(tenantId: string, customerIds: readonly string[]): void {
    for (const { id } of this.table.ofTenant(tenantId)) this.quotas.forget({ kind: 'device', id });
    this.table.removeTenant(tenantId, customerIds);
  }

  credentialsOf(deviceId: string): CredentialsRow | undefined {
    const id = deviceId.toLowerCase();
    const credentials = this.table.credentialsOf(id);
    return credentials && Object.freeze({ deviceId: id, ...credentials });
  }

  setCredentials(deviceId: string, { type, digest }: Credentials, expected: Expectation | undefined): DeviceRow {
    const row = this.expect(deviceId, expected);
    const isChanged = this.table.setCredentials(row.id, { type, digest: sha256Digest(digest) });
    return isChanged ? this.credentialsChanged(row) : row;
  }

  revokeCredentials(deviceId: string, expected: Expectation | undefined): DeviceRow {
    const row = this.expect(deviceId, expected);
    return this.table.revokeCredentials(row.id) ? this.credentialsChanged(row) : row;
  }

  private expect(deviceId: string, expected: Expectation | undefined): DeviceRow {
    const row = this.get(deviceId);
    expectVersion('device', row, expected);
    return row;
  }

  /** Refuses one more device where a quota is used up. */
  private expectRoom(kind: 'tenant' | 'customer', id: string | undefined): void {
    if (id === undefined) return;
    const { devices: limit } = this.quotas.find({ kind, id });
    if (limit === undefined) return;
    const count = kind === 'tenant' ? this.table.countOfTenant(id) : this.table.countOfCustomer(id);
    if (count >= limit) throw overQuota({ kind, id }, limit);
  }

  private credentialsChanged(row: DeviceRow): DeviceRow {
    const touched = touchedRow(row);
    this.table.replace(touched);
    this.feed.announce({ kind: 'credentials', tenantId: row.tenantId, deviceId: row.id });
    return touched;
  }

  private replace(old: DeviceRow, row: DeviceRow): DeviceRow {
    if (row === old) return old;
    this.table.replace(row);
    this.announce(row, false);
    return row;
  }

  private announce({ tenantId, id: deviceId }: DeviceRow, deleted: boolean): void {
    this.feed.announce({ kind: 'device', tenantId, deviceId, deleted });
  }
}
