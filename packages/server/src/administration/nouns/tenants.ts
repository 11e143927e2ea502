import type { Field } from '../rows/field.js';
import { findRow } from '../rows/find-row.js';
import type { Noun } from '../rows/noun.js';

/** What a system administrator makes first. */
export const TENANTS: Noun = {
  plural: 'tenants',
  singular: 'tenant',
  description: 'Tenants, for system administrators: each has customers, devices, plugins and users of its own.',
  path: '/tenants',
  nameMember: 'title',
  columns: [{ head: 'id' }, { head: 'title' }],
  writing: { create: [], update: [], repeated: ['title'] },
  deletesToo: ' with everything it has',
};

/** Which tenant, for those who belong to none. */
export const TENANT_FIELD: Field = {
  flags: '--tenant <tenant>',
  member: 'tenantId',
  description: 'for system administrators: of which tenant, by id or title',
  resolve: (text, client) => findRow(client, TENANTS, text),
};
