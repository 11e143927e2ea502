import {
  idTaken,
  asId,
  creationTime,
  expectVersion,
  newId,
  nextVersion,
  notFound,
  ruleRow,
  type Expectation,
  type New,
  type RuleDefinition,
  type Versioned,
} from '@device-messaging/host-api';
import { ruleColumns, ruleRowOf } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';
import { tenantIdOf } from './tenant-changes.js';

export async function createRule(scope: ChangeScope, given: New<RuleDefinition>): Promise<RuleDefinition> {
  const id = newId(given.id, 'rule');
  const tenantId = await tenantIdOf(scope, given.tenantId);
  const createdAt = creationTime(given.createdAt, scope.now);
  const row = ruleRow({ ...given, id, tenantId, version: 1, createdAt });
  const known = await scope.tx.selectFrom('rules').select('id').where('id', '=', id).executeTakeFirst();
  if (known !== undefined) throw idTaken('rule', id);
  await scope.tx.insertInto('rules').values(ruleColumns(row)).execute();
  scope.announce({ kind: 'rules', tenantId });
  return row;
}

async function lockRule(scope: ChangeScope, ruleId: string): Promise<RuleDefinition> {
  const id = asId(ruleId);
  if (id === undefined) throw notFound('rule', ruleId);
  const row = await scope.tx
    .selectFrom('rules')
    .selectAll()
    .where('id', '=', id)
    .$if(scope.locks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw notFound('rule', ruleId);
  return ruleRowOf(row);
}

export async function updateRule(
  scope: ChangeScope,
  ruleId: string,
  change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | keyof Versioned>>,
  expected: Expectation | undefined,
): Promise<RuleDefinition> {
  const old = await lockRule(scope, ruleId);
  expectVersion('rule', old, expected);
  const { id, tenantId, version, createdAt } = old;
  const row = nextVersion(old, ruleRow({ ...old, ...change, id, tenantId, version, createdAt }));
  if (row === old) return old;
  await scope.tx.updateTable('rules').set(ruleColumns(row)).where('id', '=', id).execute();
  scope.announce({ kind: 'rules', tenantId });
  return row;
}

export async function deleteRule(scope: ChangeScope, ruleId: string, expected: Expectation | undefined): Promise<void> {
  const rule = await lockRule(scope, ruleId);
  expectVersion('rule', rule, expected);
  await scope.tx.deleteFrom('rules').where('id', '=', rule.id).execute();
  scope.announce({ kind: 'rules', tenantId: rule.tenantId });
}
