import type { CredentialsType, DeviceRow } from '@device-messaging/host-api';
import type { DeviceQuery } from '@device-messaging/plugin-api';
import { AgeOrderedList, type Aged } from './age-ordered-list.js';
import { NameIndex } from './name-index.js';
import { alreadyExists, notFound } from './row-checks.js';

/** A device with what belongs to it. Made for a million of them: references and one short text, no collections. */
class StoredDevice implements Aged {
  /** See {@link credentialsKey}. */
  credentials: string | undefined = undefined;

  constructor(
    public row: DeviceRow,
    readonly sequence: number,
  ) {}

  get createdAt(): number {
    return this.row.createdAt;
  }
}

type DeviceList = AgeOrderedList<StoredDevice>;

/** The devices of all tenants, by id, by credentials, by name, and by customer in order of age. Checks no tenants or customers. */
export class DeviceTable {
  private readonly byId = new Map<string, StoredDevice>();
  private readonly byCredentials = new Map<string, StoredDevice>();
  private readonly byName = new NameIndex<StoredDevice>();
  private readonly byCustomer = new Map<string, DeviceList>();
  /** By tenant. */
  private readonly unassigned = new Map<string, DeviceList>();
  private sequence = 0;

  add(row: DeviceRow): void {
    if (this.byId.has(row.id)) throw alreadyExists(`A device with the id ${row.id} exists already`);
    const device = new StoredDevice(row, this.sequence++);
    this.byId.set(row.id, device);
    this.byName.add(row.tenantId, row.name, device);
    this.listOf(row).add(device);
  }

  find(id: string): DeviceRow | undefined {
    return this.byId.get(id)?.row;
  }

  /** @throws RegistryError NOT_FOUND */
  get(id: string): DeviceRow {
    return this.stored(id).row;
  }

  /** `row` takes the place of the row with its id; tenant, name and age must be the same. */
  replace(row: DeviceRow): void {
    const device = this.stored(row.id);
    this.removeFromList(device);
    device.row = row;
    this.listOf(row).add(device);
  }

  remove(id: string): void {
    const device = this.stored(id);
    this.removeFromList(device);
    this.forget(device);
  }

  /** Removes all devices of a tenant, who has these customers. */
  removeTenant(tenantId: string, customerIds: Iterable<string>): void {
    for (const customerId of customerIds) this.removeList(this.byCustomer, customerId);
    this.removeList(this.unassigned, tenantId);
  }

  /** The rows of a customer, all of them; what is done to the table meanwhile does not show. */
  ofCustomer(customerId: string): readonly DeviceRow[] {
    return [...(this.byCustomer.get(customerId)?.from() ?? [])].map(({ row }) => row);
  }

  /** See `DeviceRegistry.listDevices`. Costs the page's size; with `type` or `name`, a walk to the page's end. */
  list(query: DeviceQuery): readonly DeviceRow[] {
    const after = query.after === undefined ? undefined : this.byId.get(query.after);
    if (query.after !== undefined && after?.row.customerId !== query.customerId) return [];
    const page: DeviceRow[] = [];
    if (query.limit <= 0) return page;
    for (const { row } of this.byCustomer.get(query.customerId)?.from(after) ?? []) {
      if (!matches(row, query)) continue;
      page.push(row);
      if (page.length >= query.limit) break;
    }
    return page;
  }

  findByCredentials(type: CredentialsType, digest: string): DeviceRow | undefined {
    return this.byCredentials.get(credentialsKey(type, digest))?.row;
  }

  /** The one device of the tenant with this name. */
  findByName(tenantId: string, name: string): DeviceRow | undefined {
    return this.byName.find(tenantId, name)?.row;
  }

  /** `false`: the device has these credentials already. */
  setCredentials(id: string, type: CredentialsType, digest: string): boolean {
    const device = this.stored(id);
    const key = credentialsKey(type, digest);
    const owner = this.byCredentials.get(key);
    if (owner === device) return false;
    if (owner !== undefined) throw alreadyExists('Another device has these credentials: each device needs its own');
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

  private removeList(lists: Map<string, DeviceList>, owner: string): void {
    for (const device of lists.get(owner)?.from() ?? []) this.forget(device);
    lists.delete(owner);
  }

  private removeFromList(device: StoredDevice): void {
    const list = this.listOf(device.row);
    list.remove(device);
    if (!list.isEmpty()) return;
    if (device.row.customerId === undefined) this.unassigned.delete(device.row.tenantId);
    else this.byCustomer.delete(device.row.customerId);
  }

  private listOf(row: DeviceRow): DeviceList {
    const lists = row.customerId === undefined ? this.unassigned : this.byCustomer;
    const owner = row.customerId ?? row.tenantId;
    let list = lists.get(owner);
    if (list === undefined) lists.set(owner, (list = new AgeOrderedList()));
    return list;
  }
}

function matches(row: DeviceRow, { except, type, name }: DeviceQuery): boolean {
  return row.id !== except && (type === undefined || row.type === type) && (name === undefined || row.name === name);
}

/** Half the size of the hex text: a million of them are kept. */
function credentialsKey(type: CredentialsType, digest: string): string {
  return type.charAt(0) + Buffer.from(digest, 'hex').toString('latin1');
}
