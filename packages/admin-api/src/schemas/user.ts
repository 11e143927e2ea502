import type { User } from '@device-messaging/host-api';
import { newPassword } from './account.js';
import { name, object, oneOf, optional, uuid, type ValueOf } from './schema.js';

/** All roles. Which of them a user can have hangs on whose user it is: see `UserHandlers`. */
const ROLES = ['SYS_ADMIN', 'TENANT_ADMIN', 'CUSTOMER_USER'] as const;

const CUSTOMER_ID = optional(uuid({ description: 'Of a CUSTOMER_USER, and of nobody else.' }));

export const USER = object({ id: uuid(), username: name(), role: oneOf(ROLES), customerId: CUSTOMER_ID });

export function newUser(minPasswordLength: number) {
  return object({
    username: name(),
    password: newPassword(minPasswordLength),
    role: oneOf(ROLES),
    customerId: CUSTOMER_ID,
  });
}

export function userChange(minPasswordLength: number) {
  return object({
    username: name(),
    password: optional(newPassword(minPasswordLength)),
    role: oneOf(ROLES),
    customerId: CUSTOMER_ID,
  });
}

export function userView({ id, username, role, customerId }: User): ValueOf<typeof USER> {
  return { id, username, role, ...(customerId === undefined ? {} : { customerId }) };
}
