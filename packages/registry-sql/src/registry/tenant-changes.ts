import {
  idTaken,
  asId,
  creationTime,
  expectVersion,
  filledText,
  newId,
  nextVersion,
  notFound,
  type Change,
  type Expectation,
  type New,
  type Tenant,
} from '@device-messaging/host-api';
import { tenantRow } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';

/** A tenant’s title hangs on nothing, so that changes of it are not announced. */
export async function createTenant(scope: ChangeScope, given: New<Tenant>): Promise<Tenant> {
  const id = newId(given.id, 'tenant');
  const columns = {
    id,
    title: filledText(given.title, "tenant's title"),
    version: 1,
    created_at: creationTime(given.createdAt, scope.now),
  };
  const known = await scope.tx.selectFrom('tenants').select('id').where('id', '=', id).executeTakeFirst();
  if (known !== undefined) throw idTaken('tenant', id);
  await scope.tx.insertInto('tenants').values(columns).execute();
  return tenantRow(columns);
}

/** @throws RegistryError NOT_FOUND */
export async function lockTenant(scope: ChangeScope, tenantId: string): Promise<Tenant> {
  const id = asId(tenantId);
  if (id === undefined) throw notFound('tenant', tenantId);
  const row = await scope.tx
    .selectFrom('tenants')
    .selectAll()
    .where('id', '=', id)
    .$if(scope.locks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw notFound('tenant', tenantId);
  return tenantRow(row);
}

/** The id of a tenant that exists. @throws RegistryError NOT_FOUND */
export async function tenantIdOf(scope: ChangeScope, tenantId: string): Promise<string> {
  const id = asId(tenantId);
  const row =
    id === undefined
      ? undefined
      : await scope.tx.selectFrom('tenants').select('id').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('tenant', tenantId);
  return row.id;
}

export async function updateTenant(
  scope: ChangeScope,
  tenantId: string,
  change: Change<Tenant, 'title'>,
  expected: Expectation | undefined,
): Promise<Tenant> {
  const old = await lockTenant(scope, tenantId);
  expectVersion('tenant', old, expected);
  const row = nextVersion(old, { title: filledText(change.title ?? old.title, "tenant's title") });
  if (row === old) return old;
  const { title, version } = row;
  await scope.tx.updateTable('tenants').set({ title, version }).where('id', '=', row.id).execute();
  return row;
}

export async function deleteTenant(
  scope: ChangeScope,
  tenantId: string,
  expected: Expectation | undefined,
): Promise<void> {
  const tenant = await lockTenant(scope, tenantId);
  expectVersion('tenant', tenant, expected);
  await scope.tx.deleteFrom('devices').where('tenant_id', '=', tenant.id).execute();
  await scope.tx.deleteFrom('events').where('tenant_id', '=', tenant.id).execute();
  // All else goes by its foreign keys.
  await scope.tx.deleteFrom('tenants').where('id', '=', tenant.id).execute();
  scope.announce({ kind: 'tenant-deleted', tenantId: tenant.id });
}
