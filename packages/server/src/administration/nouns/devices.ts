import { readInputLine } from '../session/password-input.js';
import type { Field } from '../rows/field.js';
import type { Noun } from '../rows/noun.js';
import { CUSTOMER_FIELD } from './customers.js';

const TYPE: Field = {
  flags: '--type <type>',
  member: 'type',
  description: 'its type; "default" unless said otherwise',
};

export const DEVICES: Noun = {
  plural: 'devices',
  singular: 'device',
  description: 'Devices of a tenant. (To play one at a terminal: device-messaging device)',
  path: '/devices',
  nameMember: 'name',
  isFoundByName: true,
  columns: [
    { head: 'id' },
    { head: 'name' },
    { head: 'type' },
    { head: 'customer', show: ({ customerId }) => customerId },
    { head: 'online', show: ({ online }) => (online === true ? 'yes' : 'no') },
  ],
  filters: [
    { ...CUSTOMER_FIELD, description: 'only those of this customer, by id or title' },
    { flags: '--name <name>', member: 'name', description: 'only those of this name' },
    { flags: '--type <type>', member: 'type', description: 'only those of this type' },
    { flags: '--online', member: 'online', constant: true, description: 'only those that are connected' },
    { flags: '--offline', member: 'online', constant: false, description: 'only those that are not' },
  ],
  writing: {
    create: [
      CUSTOMER_FIELD,
      TYPE,
      { flags: '--id <uuid>', member: 'id', description: 'its id; a new one unless said otherwise' },
      {
        flags: '--token-stdin',
        member: 'token',
        description: 'read its access token from standard input; a new one unless said otherwise',
        resolve: () => readInputLine('the access token'),
      },
    ],
    update: [TYPE],
    repeated: ['name', 'type'],
  },
};
