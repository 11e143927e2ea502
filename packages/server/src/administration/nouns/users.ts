import { readPasswords } from '../session/password-input.js';
import type { Row } from '../api/admin-client.js';
import { readFields, type Field, type OptionValues } from '../rows/field.js';
import type { Noun } from '../rows/noun.js';
import { CUSTOMER_FIELD } from './customers.js';
import { TENANT_FIELD } from './tenants.js';

const ROLE: Field = {
  flags: '--role <role>',
  member: 'role',
  choices: ['SYS_ADMIN', 'TENANT_ADMIN', 'CUSTOMER_USER'],
  description: 'administers tenants, administers one tenant, or sees and calls the devices of one customer',
};

const PASSWORD_STDIN: Field = {
  flags: '--password-stdin',
  member: 'password',
  constant: true,
  description: 'read the password from standard input; else DEVICE_MESSAGING_NEW_PASSWORD, or it is asked for',
};

const NEW_PASSWORD: Field = {
  flags: '--new-password',
  member: 'password',
  constant: true,
  description: 'give the user a new password, which ends the sessions of the user',
};

export const USERS: Noun = {
  plural: 'users',
  singular: 'user',
  description: 'Users of a tenant: its administrators, and those of its customers. Or system administrators.',
  path: '/users',
  placeFields: [TENANT_FIELD],
  pathFor: async (values, client) => {
    const { tenantId } = await readFields([TENANT_FIELD], values, client);
    return tenantId === undefined ? '/users' : `/tenants/${String(tenantId)}/users`;
  },
  nameMember: 'username',
  columns: [
    { head: 'id' },
    { head: 'username' },
    { head: 'role' },
    { head: 'customer', show: ({ customerId }) => customerId },
  ],
  writing: {
    create: [
      { ...ROLE, isRequired: true },
      { ...CUSTOMER_FIELD, description: 'of a CUSTOMER_USER, by id or title' },
    ],
    createOptions: [PASSWORD_STDIN],
    complete: async (body, values) => ({ ...body, password: await newPassword(body, values) }),
    update: [ROLE, { ...CUSTOMER_FIELD, description: 'of a CUSTOMER_USER, by id or title' }],
    updateOptions: [NEW_PASSWORD, PASSWORD_STDIN],
    repeated: ['username', 'role', 'customerId'],
    adjust: async (body, values) => {
      const { customerId, ...others } = body;
      // An administrator is nobody of a customer.
      const user = others['role'] !== 'CUSTOMER_USER' || customerId === undefined ? others : { ...others, customerId };
      const isAsked = values['newPassword'] === true || values['passwordStdin'] === true;
      return isAsked ? { ...user, password: await newPassword(body, values) } : user;
    },
  },
};

async function newPassword({ username }: Row, { passwordStdin }: OptionValues): Promise<string> {
  const prompt = `Password for ${String(username)}`;
  const wanted = { prompt, variable: 'DEVICE_MESSAGING_NEW_PASSWORD', isNew: true };
  const [password = ''] = await readPasswords([wanted], passwordStdin === true);
  return password;
}
