import {
  asId,
  creationTime,
  credentialsTaken,
  idTaken,
  filledText,
  isDigest,
  newId,
  notFound,
  RegistryError,
  sha256Digest,
  type CredentialsRow,
  type DeviceRow,
  type New,
} from '@device-messaging/host-api';
import { deviceColumns } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { announceDevice } from './device-changes.js';
import { DeviceRoom } from './device-room.js';

export interface NewDevice {
  readonly device: New<DeviceRow>;
  readonly credentials: Omit<CredentialsRow, 'deviceId'> | undefined;
}

/** What became of one device. */
export type DeviceOutcome = DeviceRow | RegistryError;

/** Rows of one insert: seven parameters each, of which SQLite takes 32,766. */
const INSERTED_AT_ONCE = 250;

/** Makes devices, each of them or not, in their order. A refusal of one keeps no other from being made. */
export async function createDevices(scope: ChangeScope, given: readonly NewDevice[]): Promise<DeviceOutcome[]> {
  if (given.length === 0) return [];
  const checks = await BatchChecks.of(scope, given);
  const rows: DeviceRow[] = [];
  const credentials: CredentialsRow[] = [];
  const outcomes = given.map((entry) => {
    try {
      const row = checks.admit(entry, scope.now);
      rows.push(row);
      if (entry.credentials !== undefined) credentials.push({ deviceId: row.id, ...entry.credentials });
      return row;
    } catch (error) {
      if (error instanceof RegistryError) return error;
      throw error;
    }
  });
  for (const some of slices(rows)) {
    await scope.tx.insertInto('devices').values(some.map(deviceColumns)).execute();
  }
  for (const some of slices(credentials)) {
    const columns = some.map(({ deviceId, type, digest }) => ({ device_id: deviceId, type, digest }));
    await scope.tx.insertInto('credentials').values(columns).execute();
  }
  for (const row of rows) announceDevice(scope, row, false);
  return outcomes;
}

function* slices<T>(rows: readonly T[]): Generator<readonly T[], void, undefined> {
  for (let at = 0; at < rows.length; at += INSERTED_AT_ONCE) yield rows.slice(at, at + INSERTED_AT_ONCE);
}

/** What is known of the rows that a batch names, and of those of it that were taken. */
class BatchChecks {
  private constructor(
    private readonly tenants: ReadonlySet<string>,
    /** The tenant of each. */
    private readonly customers: ReadonlyMap<string, string>,
    private readonly ids: Set<string>,
    private readonly digests: Set<string>,
    private readonly room: DeviceRoom,
  ) {}

  static async of(scope: ChangeScope, given: readonly NewDevice[]): Promise<BatchChecks> {
    const { tx } = scope;
    const tenantIds = distinctIds(given.map(({ device }) => device.tenantId));
    const customerIds = distinctIds(given.map(({ device }) => device.customerId));
    const ids = distinctIds(given.map(({ device }) => device.id));
    const digests = [...new Set(given.flatMap(({ credentials }) => credentials?.digest ?? []))];
    const tenants = await tx.selectFrom('tenants').select('id').where('id', 'in', tenantIds).execute();
    const customers = await tx
      .selectFrom('customers')
      .select(['id', 'tenant_id'])
      .where('id', 'in', customerIds)
      .execute();
    const known = await tx.selectFrom('devices').select('id').where('id', 'in', ids).execute();
    const taken = await tx
      .selectFrom('credentials')
      .select(['type', 'digest'])
      .where('digest', 'in', digests.filter(isDigest).concat(''))
      .execute();
    return new BatchChecks(
      new Set(tenants.map(({ id }) => id)),
      new Map(customers.map(({ id, tenant_id }) => [id, tenant_id])),
      new Set(known.map(({ id }) => id)),
      new Set(taken.map(({ type, digest }) => type + digest)),
      await DeviceRoom.of(scope, [...tenantIds, ...customerIds]),
    );
  }

  /** The row, which counts as made from here on. @throws RegistryError */
  admit({ device, credentials }: NewDevice, now: number): DeviceRow {
    const tenantId = asId(device.tenantId);
    if (tenantId === undefined || !this.tenants.has(tenantId)) throw notFound('tenant', device.tenantId);
    const row: DeviceRow = Object.freeze({
      id: newId(device.id, 'device'),
      tenantId,
      customerId: this.customerWithin(tenantId, device.customerId),
      name: filledText(device.name, "device's name"),
      type: filledText(device.type, "device's type"),
      createdAt: creationTime(device.createdAt, now),
      version: 1,
    });
    this.room.expect('tenant', tenantId);
    this.room.expect('customer', row.customerId);
    const key = credentials === undefined ? undefined : credentials.type + sha256Digest(credentials.digest);
    if (this.ids.has(row.id)) throw idTaken('device', row.id);
    if (key !== undefined && this.digests.has(key)) throw credentialsTaken();
    this.ids.add(row.id);
    if (key !== undefined) this.digests.add(key);
    this.room.take(tenantId);
    this.room.take(row.customerId);
    return row;
  }

  private customerWithin(tenantId: string, given: string | undefined): string | undefined {
    if (given === undefined) return undefined;
    const id = asId(given);
    if (id === undefined || this.customers.get(id) !== tenantId) {
      throw notFound('customer', given, ` in the tenant ${tenantId}`);
    }
    return id;
  }
}

/** Never empty: an empty text is no row's id, and an empty list is no SQL. */
function distinctIds(given: readonly (string | undefined)[]): string[] {
  return [...new Set(given.flatMap((text) => (text === undefined ? [] : (asId(text) ?? []))))].concat('');
}
