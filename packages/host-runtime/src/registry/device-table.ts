import {
  credentialsTaken,
  idTaken,
  notFound,
  type CredentialsRow,
  type CredentialsType,
  type DeviceFilter,
  type DeviceRow,
} from '@device-messaging/host-api';
import type { DeviceQuery } from '@device-messaging/plugin-api';
import { AgeOrderedList } from './age-ordered-list.js';
import { NameIndex } from './name-index.js';
import { rowsOfPage, StoredRow } from './stored-row.js';

/** A device with what belongs to it. Made for a million of them: references and one short text, no collections. */
class StoredDevice extends StoredRow<DeviceRow> {
  /** See {@link credentialsKey}. */
  credentials: string | undefined = undefined;
}

type DeviceList = AgeOrderedList<StoredDevice>;

/**
 * The devices of all tenants: by id, by credentials, by name, and in order of age by tenant and by customer. Checks no
 * tenants or customers. Ids must be in lower case.
 */
export class DeviceTable {
  private readonly byId = new Map<string, StoredDevice>();
  private readonly byCredentials = new Map<string, StoredDevice>();
  private readonly byName = new NameIndex<StoredDevice>();
  private readonly byTenant = new Map<string, DeviceList>();
  private readonly byCustomer = new Map<string, DeviceList>();
  /** Those of no customer, by tenant. */
  private readonly unassigned = new Map<string, DeviceList>();
  private sequence = 0;

  add(row: DeviceRow, credentials?: Credentials): void {
    if (this.byId.has(row.id)) throw idTaken('device', row.id);
    if (credentials !== undefined && this.byCredentials.has(credentialsKey(credentials))) throw credentialsTaken();
    const device = new StoredDevice(row, this.sequence++);
    this.byId.set(row.id, device);
    this.byName.add(row.tenantId, row.name, device);
    addTo(this.byTenant, row.tenantId, device);
    this.assign(device);
    if (credentials !== undefined) this.setCredentials(row.id, credentials);
  }

  find(id: string): DeviceRow | undefined {
    return this.byId.get(id)?.row;
  }

  /** @throws RegistryError NOT_FOUND */
  get(id: string): DeviceRow {
    return this.stored(id).row;
  }

  /** `row` takes the place of the row with its id; tenant and age must be the same. */
  replace(row: DeviceRow): void {
    const device = this.stored(row.id);
    const { tenantId, name, customerId } = device.row;
    if (row.customerId !== customerId) this.unassign(device);
    if (row.name !== name) this.byName.remove(tenantId, name, device);
    device.row = row;
    if (row.name !== name) this.byName.add(tenantId, row.name, device);
    if (row.customerId !== customerId) this.assign(device);
  }

  remove(id: string): void {
    const device = this.stored(id);
    removeFrom(this.byTenant, device.row.tenantId, device);
    this.unassign(device);
    this.forget(device);
  }

  /** Removes all devices of a tenant, who has these customers. */
  removeTenant(tenantId: string, customerIds: Iterable<string>): void {
    for (const device of this.byTenant.get(tenantId)?.from() ?? []) this.forget(device);
    this.byTenant.delete(tenantId);
    this.unassigned.delete(tenantId);
    for (const customerId of customerIds) this.byCustomer.delete(customerId);
  }

  countOfTenant(tenantId: string): number {
    return this.byTenant.get(tenantId)?.size ?? 0;
  }

  countOfCustomer(customerId: string): number {
    return this.byCustomer.get(customerId)?.size ?? 0;
  }

  /** The rows of a tenant by age; the table must not change meanwhile. */
  *ofTenant(tenantId: string): Generator<DeviceRow, void, undefined> {
    for (const { row } of this.byTenant.get(tenantId)?.from() ?? []) yield row;
  }

  /** The rows of a customer, all of them; what is done to the table meanwhile does not show. */
  ofCustomer(customerId: string): readonly DeviceRow[] {
    return Array.from(this.byCustomer.get(customerId)?.from() ?? [], ({ row }) => row);
  }

  /** See `DeviceRegistry.listDevices`. Costs the page's size; with `type` or `name`, a walk to the page's end. */
  list(query: DeviceQuery): readonly DeviceRow[] {
    const after = query.after === undefined ? undefined : this.byId.get(query.after);
    if (query.after !== undefined && after?.row.customerId !== query.customerId) return [];
    return rowsOfPage(this.byCustomer.get(query.customerId), query, after, (row) => matches(row, query));
  }

  /** See `RegistryAdmin.listDeviceRows`; costs what {@link list} does. A customer must be one of the tenant's. */
  listOfTenant(tenantId: string, filter: DeviceFilter): readonly DeviceRow[] {
    const { customerId, after: afterId } = filter;
    const after = afterId === undefined ? undefined : this.byId.get(afterId);
    if (afterId !== undefined) {
      if (after?.row.tenantId !== tenantId) return [];
      if (customerId !== undefined && after.row.customerId !== (customerId ?? undefined)) return [];
    }
    const list =
      customerId === undefined ? this.byTenant.get(tenantId) : this.listOf(tenantId, customerId ?? undefined);
    return rowsOfPage(list, filter, after, (row) => matches(row, filter));
  }

  findByCredentials(credentials: Credentials): DeviceRow | undefined {
    return this.byCredentials.get(credentialsKey(credentials))?.row;
  }

  /** The one device of the tenant with this name. */
  findByName(tenantId: string, name: string): DeviceRow | undefined {
    return this.byName.find(tenantId, name)?.row;
  }

  credentialsOf(id: string): Credentials | undefined {
    const key = this.byId.get(id)?.credentials;
    return key === undefined ? undefined : credentialsOfKey(key);
  }

  /** `false`: the device has these credentials already. */
  setCredentials(id: string, credentials: Credentials): boolean {
    const device = this.stored(id);
    const key = credentialsKey(credentials);
    const owner = this.byCredentials.get(key);
    if (owner === device) return false;
    if (owner !== undefined) throw credentialsTaken();
    this.revokeCredentials(id);
    device.credentials = key;
    this.byCredentials.set(key, device);
    return true;
  }

  /** `false`: the device had none. */
  revokeCredentials(id: string): boolean {
    const device = this.stored(id);
    if (device.credentials === undefined) return false;
    this.byCredentials.delete(device.credentials);
    device.credentials = undefined;
    return true;
  }

  private stored(id: string): StoredDevice {
    const device = this.byId.get(id);
    if (device === undefined) throw notFound('device', id);
    return device;
  }

  private forget(device: StoredDevice): void {
    if (device.credentials !== undefined) this.byCredentials.delete(device.credentials);
    this.byName.remove(device.row.tenantId, device.row.name, device);
    this.byId.delete(device.row.id);
  }

  private listOf(tenantId: string, customerId: string | undefined): DeviceList | undefined {
    return customerId === undefined ? this.unassigned.get(tenantId) : this.byCustomer.get(customerId);
  }

  /** Puts a device among those of its customer, or of none. */
  private assign(device: StoredDevice): void {
    const { tenantId, customerId } = device.row;
    if (customerId === undefined) addTo(this.unassigned, tenantId, device);
    else addTo(this.byCustomer, customerId, device);
  }

  private unassign(device: StoredDevice): void {
    const { tenantId, customerId } = device.row;
    if (customerId === undefined) removeFrom(this.unassigned, tenantId, device);
    else removeFrom(this.byCustomer, customerId, device);
  }
}

function addTo(lists: Map<string, DeviceList>, owner: string, device: StoredDevice): void {
  let list = lists.get(owner);
  if (list === undefined) lists.set(owner, (list = new AgeOrderedList()));
  list.add(device);
}

function removeFrom(lists: Map<string, DeviceList>, owner: string, device: StoredDevice): void {
  const list = lists.get(owner);
  list?.remove(device);
  if (list?.isEmpty()) lists.delete(owner);
}

/** What both kinds of lists may ask of a row. */
type RowQuery = Pick<DeviceQuery, 'except' | 'type' | 'name'>;

function matches(row: DeviceRow, { except, type, name }: RowQuery): boolean {
  return row.id !== except && (type === undefined || row.type === type) && (name === undefined || row.name === name);
}

/** What a device proves itself with, whichever device it is. */
export type Credentials = Omit<CredentialsRow, 'deviceId'>;

const TYPES: readonly CredentialsType[] = ['ACCESS_TOKEN', 'X509_CERTIFICATE'];

/** Half the size of the hex text: a million of them are kept. */
function credentialsKey({ type, digest }: Credentials): string {
  return type.charAt(0) + Buffer.from(digest, 'hex').toString('latin1');
}

function credentialsOfKey(key: string): Credentials {
  const type = TYPES.find((name) => name.startsWith(key.charAt(0)))!;
  return { type, digest: Buffer.from(key.slice(1), 'latin1').toString('hex') };
}
