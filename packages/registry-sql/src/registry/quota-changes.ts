import {
  expectQuotas,
  quotasRow,
  UNLIMITED,
  type Quotas,
  type QuotasExpectation,
  type QuotaSubject,
} from '@device-messaging/host-api';
import { isDeepStrictEqual } from 'node:util';
import { quotasOf } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { lockCustomer } from './customer-changes.js';
import { lockDevice } from './device-changes.js';
import { lockTenant } from './tenant-changes.js';

export async function putQuotas(
  scope: ChangeScope,
  { kind, id }: QuotaSubject,
  given: Quotas,
  expected: QuotasExpectation | undefined,
): Promise<Quotas> {
  const holder = await lockHolder(scope, kind, id);
  const quotas = quotasRow(kind, given);
  const row = await scope.tx
    .selectFrom('quotas')
    .select('quotas')
    .where('kind', '=', kind)
    .where('subject_id', '=', holder.id)
    .executeTakeFirst();
  const known = row === undefined ? UNLIMITED : quotasOf(row.quotas);
  expectQuotas({ kind, id: holder.id }, known, expected);
  if (isDeepStrictEqual(quotas, known)) return known;
  if (Object.keys(quotas).length === 0) {
    await scope.tx.deleteFrom('quotas').where('kind', '=', kind).where('subject_id', '=', holder.id).execute();
  } else {
    const text = JSON.stringify(quotas);
    await scope.tx
      .insertInto('quotas')
      .values({ kind, subject_id: holder.id, tenant_id: holder.tenantId, quotas: text })
      .onConflict((conflict) => conflict.columns(['kind', 'subject_id']).doUpdateSet({ quotas: text }))
      .execute();
  }
  scope.announce({ kind: 'quotas', tenantId: holder.tenantId, subject: Object.freeze({ kind, id: holder.id }) });
  return quotas;
}

async function lockHolder(
  scope: ChangeScope,
  kind: QuotaSubject['kind'],
  id: string,
): Promise<{ readonly id: string; readonly tenantId: string }> {
  if (kind === 'customer') return lockCustomer(scope, id);
  if (kind === 'device') return lockDevice(scope, id);
  const tenant = await lockTenant(scope, id);
  return { id: tenant.id, tenantId: tenant.id };
}
