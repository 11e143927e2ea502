import type { Tenant } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { created, noContent, row } from '../http/answer.js';
import { expectation } from '../http/etag.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { readPage } from '../http/page.js';
import { notFound } from '../problem/problem.js';
import { ID_PATH, PAGE_QUERY, pageOf } from '../schemas/paging.js';
import { TENANT, TENANT_WRITE, tenantView } from '../schemas/tenant.js';

const TENANTS = { tag: 'Tenants', roles: ['SYS_ADMIN'] } as const;
const ONE = { ...TENANTS, path: '/tenants/:id', params: ID_PATH } as const;

/** Tenants, for system administrators. Their events belong to the installation. */
export function tenantRoutes(context: AdminContext): readonly AnyOperation[] {
  return [...listAndCreate(context), ...oneTenant(context)];
}

function listAndCreate({ registry, audit }: AdminContext): readonly AnyOperation[] {
  return [
    operation({
      ...TENANTS,
      method: 'GET',
      path: '/tenants',
      id: 'listTenants',
      summary: 'Tenants, oldest first',
      query: PAGE_QUERY,
      answer: { status: 200, description: 'A page of tenants.', schema: pageOf(TENANT) },
      handle: ({ query }) =>
        readPage(
          query,
          (page) => registry.listTenants(page),
          async (id) => (await registry.findTenant(id)) !== undefined,
          tenantView,
        ),
    }),
    operation({
      ...TENANTS,
      method: 'POST',
      path: '/tenants',
      id: 'createTenant',
      summary: 'Make a tenant',
      body: TENANT_WRITE,
      answer: { status: 201, description: 'The tenant.', schema: TENANT },
      handle: async ({ caller, trace, body: { title } }) => {
        const after = await registry.createTenant({ title });
        audit.changed(caller, trace, { action: 'CREATE', entity: 'tenant', entityId: after.id, after });
        return created(tenantView(after), after, `/api/tenants/${after.id}`);
      },
    }),
  ];
}

function oneTenant({ registry, audit }: AdminContext): readonly AnyOperation[] {
  const find = async (id: string): Promise<Tenant> => {
    const tenant = await registry.findTenant(id.toLowerCase());
    if (tenant === undefined) throw notFound('tenant');
    return tenant;
  };
  return [
    operation({
      ...ONE,
      method: 'GET',
      id: 'getTenant',
      summary: 'A tenant',
      answer: { status: 200, description: 'The tenant.', schema: TENANT },
      handle: async ({ params }) => {
        const tenant = await find(params.id);
        return row(tenantView(tenant), tenant);
      },
    }),
    operation({
      ...ONE,
      method: 'PUT',
      id: 'updateTenant',
      summary: 'Change a tenant',
      body: TENANT_WRITE,
      answer: { status: 200, description: 'The tenant.', schema: TENANT },
      refusals: [412],
      handle: async ({ caller, trace, params, body: { title }, ifMatch }) => {
        const before = await find(params.id);
        const after = await registry.updateTenant(before.id, { title }, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'UPDATE', entity: 'tenant', entityId: after.id, before, after });
        return row(tenantView(after), after);
      },
    }),
    operation({
      ...ONE,
      method: 'DELETE',
      id: 'deleteTenant',
      summary: 'Delete a tenant with everything it has',
      description: 'Its devices are disconnected, its users logged out.',
      answer: { status: 204, description: 'Deleted.' },
      refusals: [412],
      handle: async ({ caller, trace, params, ifMatch }) => {
        const before = await find(params.id);
        await registry.deleteTenant(before.id, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'DELETE', entity: 'tenant', entityId: before.id, before });
        return noContent();
      },
    }),
  ];
}
