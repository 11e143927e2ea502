import {
  asId,
  credentialsTaken,
  expectVersion,
  filledText,
  nextVersion,
  notFound,
  sha256Digest,
  touchedRow,
  type Change,
  type CredentialsRow,
  type DeviceRow,
  type Expectation,
} from '@device-messaging/host-api';
import { DEVICE_COLUMNS, deviceRow } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { customerIdWithin } from './customer-changes.js';
import { DeviceRoom } from './device-room.js';

/** @throws RegistryError NOT_FOUND */
export async function lockDevice(scope: ChangeScope, deviceId: string): Promise<DeviceRow> {
  const id = asId(deviceId);
  if (id === undefined) throw notFound('device', deviceId);
  const row = await scope.tx
    .selectFrom('devices')
    .select(DEVICE_COLUMNS)
    .where('id', '=', id)
    .$if(scope.locks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw notFound('device', deviceId);
  return deviceRow(row);
}

export async function updateDevice(
  scope: ChangeScope,
  deviceId: string,
  change: Change<DeviceRow, 'name' | 'type'>,
  expected: Expectation | undefined,
): Promise<DeviceRow> {
  const old = await lockDevice(scope, deviceId);
  expectVersion('device', old, expected);
  const name = filledText(change.name ?? old.name, "device's name");
  const type = filledText(change.type ?? old.type, "device's type");
  return replace(scope, old, nextVersion(old, { name, type }));
}

export async function assignDevice(
  scope: ChangeScope,
  deviceId: string,
  given: string | undefined,
  expected: Expectation | undefined,
): Promise<DeviceRow> {
  const old = await lockDevice(scope, deviceId);
  expectVersion('device', old, expected);
  const customerId = given === undefined ? undefined : await customerIdWithin(scope, old.tenantId, given);
  if (customerId !== undefined && customerId !== old.customerId) {
    (await DeviceRoom.of(scope, [customerId])).expect('customer', customerId);
  }
  return replace(scope, old, nextVersion(old, { customerId }));
}

async function replace(scope: ChangeScope, old: DeviceRow, row: DeviceRow): Promise<DeviceRow> {
  if (row === old) return old;
  const { name, type, version, customerId } = row;
  await scope.tx
    .updateTable('devices')
    .set({ name, type, version, customer_id: customerId ?? null })
    .where('id', '=', row.id)
    .execute();
  announceDevice(scope, row, false, old.customerId);
  return row;
}

export async function deleteDevice(
  scope: ChangeScope,
  deviceId: string,
  expected: Expectation | undefined,
): Promise<void> {
  const row = await lockDevice(scope, deviceId);
  expectVersion('device', row, expected);
  await scope.tx.deleteFrom('quotas').where('kind', '=', 'device').where('subject_id', '=', row.id).execute();
  // The credentials go by their foreign key.
  await scope.tx.deleteFrom('devices').where('id', '=', row.id).execute();
  announceDevice(scope, row, true);
}

/** @param formerCustomerId whose it was before */
export function announceDevice(scope: ChangeScope, row: DeviceRow, deleted: boolean, formerCustomerId?: string): void {
  const customerIds = [row.customerId, formerCustomerId].filter((id) => id !== undefined);
  scope.announce({ kind: 'device', tenantId: row.tenantId, deviceId: row.id, deleted }, customerIds);
}

export async function setCredentials(
  scope: ChangeScope,
  deviceId: string,
  { type, digest }: Omit<CredentialsRow, 'deviceId'>,
  expected: Expectation | undefined,
): Promise<DeviceRow> {
  const row = await lockDevice(scope, deviceId);
  expectVersion('device', row, expected);
  sha256Digest(digest);
  const owner = await scope.tx
    .selectFrom('credentials')
    .select('device_id')
    .where('type', '=', type)
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (owner?.device_id === row.id) return row;
  if (owner !== undefined) throw credentialsTaken();
  await scope.tx
    .insertInto('credentials')
    .values({ device_id: row.id, type, digest })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet({ type, digest }))
    .execute();
  return credentialsChanged(scope, row);
}

export async function revokeCredentials(
  scope: ChangeScope,
  deviceId: string,
  expected: Expectation | undefined,
): Promise<DeviceRow> {
  const row = await lockDevice(scope, deviceId);
  expectVersion('device', row, expected);
  const { numDeletedRows } = await scope.tx
    .deleteFrom('credentials')
    .where('device_id', '=', row.id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n ? credentialsChanged(scope, row) : row;
}

async function credentialsChanged(scope: ChangeScope, row: DeviceRow): Promise<DeviceRow> {
  const touched = touchedRow(row);
  const { id, tenantId, version } = touched;
  await scope.tx.updateTable('devices').set({ version }).where('id', '=', id).execute();
  scope.announce({ kind: 'credentials', tenantId, deviceId: id });
  return touched;
}
