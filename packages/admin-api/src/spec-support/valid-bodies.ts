import type { Rows } from './world.js';

const COMPONENT = { name: 'Call', clazz: 'rpc', configuration: {} };

/** A body that is valid, for every operation that takes one: what is refused then is refused for another reason. */
export function validBody(operationId: string, rows: Rows, unique: string): unknown {
  const user = { username: `user-${unique}`, role: 'CUSTOMER_USER', customerId: rows.customer };
  const rule = { name: 'Rule', pluginToken: 'one-plugin', filters: [], action: COMPONENT };
  const bodies: Readonly<Record<string, unknown>> = {
    login: { username: 'nobody', password: 'x' },
    renewToken: { refreshToken: 'x' },
    changePassword: { current: 'x', next: 'long enough' },
    createTenant: { title: 'Tenant' },
    updateTenant: { title: 'Tenant' },
    createUser: { ...user, password: 'long enough' },
    updateUser: user,
    createUserOfTenant: { ...user, password: 'long enough' },
    updateUserOfTenant: user,
    createCustomer: { title: 'Customer' },
    updateCustomer: { title: 'Customer' },
    createDevice: { name: 'Device', type: 'default', customerId: rows.customer, token: `token-${unique}` },
    updateDevice: { name: 'Device', type: 'default' },
    assignDevice: { customerId: rows.customer },
    setDeviceCredentials: {},
    callDevice: { method: 'ping', params: {}, timeout: 1_000, oneway: false },
    createPlugin: { type: 'relay', name: 'Plugin', token: `plugin-${unique}`, configuration: {}, rule: false },
    updatePlugin: { name: 'Plugin', configuration: {} },
    putPluginCustomers: { default: true, customers: { [rows.customer]: { enabled: true, configuration: {} } } },
    putPluginCustomer: { enabled: true, configuration: {} },
    createRule: rule,
    updateRule: rule,
    putTenantQuotas: { connections: 1_000 },
    putCustomerQuotas: { messagesPerSecond: 1_000 },
    putDeviceQuotas: { connections: 1_000 },
    importFile: {
      format: 'device-messaging/tenant',
      version: 1,
      tenant: { id: rows.tenant, title: 'Tenant' },
      customers: [],
      users: [],
      plugins: [],
      rules: [],
      devices: [],
    },
  };
  return bodies[operationId];
}
