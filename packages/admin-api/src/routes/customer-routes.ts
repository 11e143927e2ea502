import type { Customer } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import type { Caller } from '../auth/caller.js';
import { tenantOf } from '../auth/caller.js';
import { created, noContent, row } from '../http/answer.js';
import { expectation } from '../http/etag.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { ownRow } from '../http/own-row.js';
import { readPage } from '../http/page.js';
import { CUSTOMER, CUSTOMER_WRITE, customerView } from '../schemas/customer.js';
import { ID_PATH, PAGE_QUERY, pageOf } from '../schemas/paging.js';

const CUSTOMERS = { tag: 'Customers', roles: ['TENANT_ADMIN'] } as const;
const ONE = { ...CUSTOMERS, path: '/customers/:id', params: ID_PATH } as const;

/** Customers of a tenant. */
export function customerRoutes(context: AdminContext): readonly AnyOperation[] {
  return [...listAndCreate(context), ...oneCustomer(context)];
}

function listAndCreate({ registry, audit }: AdminContext): readonly AnyOperation[] {
  return [
    operation({
      ...CUSTOMERS,
      method: 'GET',
      path: '/customers',
      id: 'listCustomers',
      summary: 'Customers, oldest first',
      query: PAGE_QUERY,
      answer: { status: 200, description: 'A page of customers.', schema: pageOf(CUSTOMER) },
      handle: ({ caller, query }) =>
        readPage(
          query,
          (page) => registry.listCustomers(tenantOf(caller), page),
          async (id) => (await registry.findCustomer(id))?.tenantId === caller.tenantId,
          customerView,
        ),
    }),
    operation({
      ...CUSTOMERS,
      method: 'POST',
      path: '/customers',
      id: 'createCustomer',
      summary: 'Make a customer',
      body: CUSTOMER_WRITE,
      answer: { status: 201, description: 'The customer.', schema: CUSTOMER },
      handle: async ({ caller, trace, body: { title } }) => {
        const after = await registry.createCustomer({ tenantId: tenantOf(caller), title });
        audit.changed(caller, trace, { action: 'CREATE', entity: 'customer', entityId: after.id, after });
        return created(customerView(after), after, `/api/customers/${after.id}`);
      },
    }),
  ];
}

function oneCustomer({ registry, audit }: AdminContext): readonly AnyOperation[] {
  const find = (caller: Caller, id: string): Promise<Customer> =>
    ownRow(caller, 'customer', registry.findCustomer(id.toLowerCase()));
  return [
    operation({
      ...ONE,
      method: 'GET',
      id: 'getCustomer',
      summary: 'A customer',
      answer: { status: 200, description: 'The customer.', schema: CUSTOMER },
      handle: async ({ caller, params }) => {
        const customer = await find(caller, params.id);
        return row(customerView(customer), customer);
      },
    }),
    operation({
      ...ONE,
      method: 'PUT',
      id: 'updateCustomer',
      summary: 'Change a customer',
      body: CUSTOMER_WRITE,
      answer: { status: 200, description: 'The customer.', schema: CUSTOMER },
      refusals: [412],
      handle: async ({ caller, trace, params, body: { title }, ifMatch }) => {
        const before = await find(caller, params.id);
        const after = await registry.updateCustomer(before.id, { title }, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'UPDATE', entity: 'customer', entityId: after.id, before, after });
        return row(customerView(after), after);
      },
    }),
    operation({
      ...ONE,
      method: 'DELETE',
      id: 'deleteCustomer',
      summary: 'Delete a customer',
      description: 'Its devices have no customer from then on; its users are deleted.',
      answer: { status: 204, description: 'Deleted.' },
      refusals: [412],
      handle: async ({ caller, trace, params, ifMatch }) => {
        const before = await find(caller, params.id);
        await registry.deleteCustomer(before.id, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'DELETE', entity: 'customer', entityId: before.id, before });
        return noContent();
      },
    }),
  ];
}
