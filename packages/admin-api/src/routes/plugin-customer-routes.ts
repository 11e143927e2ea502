import type { AdminContext } from '../admin-context.js';
import { ownCustomer } from '../devices/own-device.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { PluginCustomers } from '../plugins/plugin-customers.js';
import { ID_PATH } from '../schemas/paging.js';
import { CUSTOMER_SETTINGS, PLUGIN_CUSTOMERS } from '../schemas/plugin.js';
import { object, uuid } from '../schemas/schema.js';
import { findPlugin } from './plugin-routes.js';

const CUSTOMERS = { tag: 'Plugins', roles: ['TENANT_ADMIN'], path: '/plugins/:id/customers', params: ID_PATH } as const;
const ONE = {
  ...CUSTOMERS,
  path: '/plugins/:id/customers/:customerId',
  params: object({ id: uuid(), customerId: uuid() }),
} as const;

/** A thousand customers with an override each, and some more. */
const MAX_BYTES = 1_048_576;

/** For which customers a plugin is enabled. Changes act at once, on messages that wait, too. */
export function pluginCustomerRoutes(context: AdminContext): readonly AnyOperation[] {
  const find = findPlugin(context);
  const customers = new PluginCustomers(context);
  return [
    operation({
      ...CUSTOMERS,
      method: 'GET',
      id: 'getPluginCustomers',
      summary: 'For which customers a plugin is enabled',
      answer: { status: 200, description: 'What holds for whom.', schema: PLUGIN_CUSTOMERS },
      handle: async ({ caller, params }) => customers.show(await find(caller, params.id)),
    }),
    operation({
      ...CUSTOMERS,
      method: 'PUT',
      id: 'putPluginCustomers',
      summary: 'Say for which customers a plugin is enabled',
      description: 'Replaces everything that was said. Overrides are merged over the configuration of the plugin.',
      body: PLUGIN_CUSTOMERS,
      maxBodyBytes: MAX_BYTES,
      answer: { status: 200, description: 'What holds for whom.', schema: PLUGIN_CUSTOMERS },
      refusals: [412],
      handle: async (request) => customers.replace(await find(request.caller, request.params.id), request),
    }),
    operation({
      ...ONE,
      method: 'PUT',
      id: 'putPluginCustomer',
      summary: 'Enable or disable a plugin for one customer',
      body: CUSTOMER_SETTINGS,
      answer: { status: 200, description: 'What holds for the customer.', schema: CUSTOMER_SETTINGS },
      refusals: [412],
      handle: async (request) => {
        const { caller, params } = request;
        const plugin = await find(caller, params.id);
        return customers.put(plugin, await ownCustomer(context.registry, caller, params.customerId), request);
      },
    }),
    operation({
      ...ONE,
      method: 'DELETE',
      id: 'deletePluginCustomer',
      summary: 'Let the default hold for a customer again',
      answer: { status: 204, description: 'The default holds.' },
      refusals: [412],
      handle: async (request) => {
        const { caller, params } = request;
        const plugin = await find(caller, params.id);
        return customers.delete(plugin, await ownCustomer(context.registry, caller, params.customerId), request);
      },
    }),
  ];
}
