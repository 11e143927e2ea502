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
  type Customer,
  type Expectation,
  type New,
} from '@device-messaging/host-api';
import { customerRow } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { tenantIdOf } from './tenant-changes.js';

/** A customer’s title hangs on nothing, so that changes of it are not announced. */
export async function createCustomer(scope: ChangeScope, given: New<Customer>): Promise<Customer> {
  const id = newId(given.id, 'customer');
  const columns = {
    id,
    tenant_id: await tenantIdOf(scope, given.tenantId),
    title: filledText(given.title, "customer's title"),
    version: 1,
    created_at: creationTime(given.createdAt, scope.now),
  };
  const known = await scope.tx.selectFrom('customers').select('id').where('id', '=', id).executeTakeFirst();
  if (known !== undefined) throw idTaken('customer', id);
  await scope.tx.insertInto('customers').values(columns).execute();
  return customerRow(columns);
}

/** The id of one of the tenant's customers. Another tenant's is not found, so that nobody learns what exists elsewhere. */
export async function customerIdWithin(scope: ChangeScope, tenantId: string, given: string): Promise<string> {
  const id = asId(given);
  const row =
    id === undefined
      ? undefined
      : await scope.tx
          .selectFrom('customers')
          .select('id')
          .where('id', '=', id)
          .where('tenant_id', '=', tenantId)
          .executeTakeFirst();
  if (row === undefined) throw notFound('customer', given, ` in the tenant ${tenantId}`);
  return row.id;
}

/** @throws RegistryError NOT_FOUND */
export async function lockCustomer(scope: ChangeScope, customerId: string): Promise<Customer> {
  const id = asId(customerId);
  if (id === undefined) throw notFound('customer', customerId);
  const row = await scope.tx
    .selectFrom('customers')
    .selectAll()
    .where('id', '=', id)
    .$if(scope.locks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw notFound('customer', customerId);
  return customerRow(row);
}

export async function updateCustomer(
  scope: ChangeScope,
  customerId: string,
  change: Change<Customer, 'title'>,
  expected: Expectation | undefined,
): Promise<Customer> {
  const old = await lockCustomer(scope, customerId);
  expectVersion('customer', old, expected);
  const row = nextVersion(old, { title: filledText(change.title ?? old.title, "customer's title") });
  if (row === old) return old;
  const { title, version } = row;
  await scope.tx.updateTable('customers').set({ title, version }).where('id', '=', row.id).execute();
  return row;
}

export async function deleteCustomer(
  scope: ChangeScope,
  customerId: string,
  expected: Expectation | undefined,
): Promise<void> {
  const { id, tenantId, ...rest } = await lockCustomer(scope, customerId);
  expectVersion('customer', { id, ...rest }, expected);
  await scope.tx
    .updateTable('devices')
    .set((row) => ({ customer_id: null, version: row('version', '+', 1) }))
    .where('customer_id', '=', id)
    .execute();
  await scope.tx
    .updateTable('plugins')
    .set((row) => ({ version: row('version', '+', 1) }))
    .where('id', 'in', (query) =>
      query.selectFrom('customer_settings').select('plugin_id').where('customer_id', '=', id),
    )
    .execute();
  await scope.tx.deleteFrom('quotas').where('kind', '=', 'customer').where('subject_id', '=', id).execute();
  // Settings and users of the customer go by their foreign keys.
  await scope.tx.deleteFrom('customers').where('id', '=', id).execute();
  scope.announce({ kind: 'customer-deleted', tenantId, customerId: id });
}
