import type { Field } from '../rows/field.js';
import { findRow } from '../rows/find-row.js';
import type { Noun } from '../rows/noun.js';

export const CUSTOMERS: Noun = {
  plural: 'customers',
  singular: 'customer',
  description: 'Customers of a tenant: devices of the same one may call each other.',
  path: '/customers',
  nameMember: 'title',
  columns: [{ head: 'id' }, { head: 'title' }],
  writing: { create: [], update: [], repeated: ['title'] },
};

export const CUSTOMER_FIELD: Field = {
  flags: '--customer <customer>',
  member: 'customerId',
  description: 'of which customer, by id or title',
  resolve: (text, client) => findRow(client, CUSTOMERS, text),
};
