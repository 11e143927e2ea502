import {
  asId,
  creationTime,
  filledText,
  invalid,
  newId,
  notFound,
  RegistryError,
  type New,
  type User,
  type UserRole,
} from '@device-messaging/host-api';
import type { Selectable } from 'kysely';
import type { UsersTable, Writes } from '../database/schema.js';

type StoredUser = Omit<Selectable<UsersTable>, 'seq' | 'password_hash'>;

/** Names are compared without regard to case. */
export function usernameKey(username: string): string {
  return username.toLowerCase();
}

export function userRow(row: StoredUser): User {
  return Object.freeze({
    id: row.id,
    username: row.username,
    role: row.role as UserRole,
    tenantId: row.tenant_id ?? undefined,
    customerId: row.customer_id ?? undefined,
    version: row.version,
    createdAt: row.created_at,
  });
}

export function userColumns(user: User): StoredUser {
  return {
    id: user.id,
    username: user.username,
    username_key: usernameKey(user.username),
    role: user.role,
    tenant_id: user.tenantId ?? null,
    customer_id: user.customerId ?? null,
    version: user.version,
    created_at: user.createdAt,
  };
}

/** The first version of a user. @throws RegistryError INVALID */
export function newUser(given: New<User>, now: number): User {
  return checkedUser({
    id: newId(given.id, 'user'),
    username: given.username,
    role: given.role,
    tenantId: given.tenantId,
    customerId: given.customerId,
    version: 1,
    createdAt: creationTime(given.createdAt, now),
  });
}

/** The user, frozen. @throws RegistryError INVALID when the role does not fit whose user it is */
export function checkedUser(user: User): User {
  const { role, tenantId, customerId } = user;
  filledText(user.username, "user's name");
  if ((role === 'SYS_ADMIN') !== (tenantId === undefined)) {
    throw invalid('Every user but a SYS_ADMIN belongs to a tenant');
  }
  if ((role === 'CUSTOMER_USER') !== (customerId !== undefined)) {
    throw invalid('A CUSTOMER_USER belongs to a customer, and nobody else does');
  }
  return Object.freeze({ ...user, tenantId: tenantId?.toLowerCase(), customerId: customerId?.toLowerCase() });
}

/**
 * Refuses a user whose name another has, and one of a tenant or customer that do not exist or do not belong together.
 * @throws RegistryError ALREADY_EXISTS, NOT_FOUND
 */
export async function expectFree(tx: Writes, { id, username, tenantId, customerId }: User): Promise<void> {
  const namesake = await tx
    .selectFrom('users')
    .select('id')
    .where('username_key', '=', usernameKey(username))
    .where('id', '<>', id)
    .executeTakeFirst();
  if (namesake !== undefined) throw new RegistryError('ALREADY_EXISTS', `There is a user "${username}" already`);
  if (tenantId === undefined) return;
  const tenant = await tx
    .selectFrom('tenants')
    .select('id')
    .where('id', '=', asId(tenantId) ?? '')
    .executeTakeFirst();
  if (tenant === undefined) throw notFound('tenant', tenantId);
  if (customerId === undefined) return;
  const customer = await tx
    .selectFrom('customers')
    .select('id')
    .where('id', '=', asId(customerId) ?? '')
    .where('tenant_id', '=', tenant.id)
    .executeTakeFirst();
  if (customer === undefined) throw notFound('customer', customerId, ` in the tenant ${tenantId}`);
}
