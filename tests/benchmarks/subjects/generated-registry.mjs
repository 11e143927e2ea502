import { createHash } from 'node:crypto';
import { callerId, callerToken, DIRECTORY_SIZE, targetId, targetToken } from '../load/names.mjs';

/**
 * @typedef {object} Setup What is registered.
 * @property {number} [pairs] pairs of devices that call each other, each pair a customer of its own
 * @property {boolean} [directory] one customer of many devices instead
 * @property {number} [rules] of the pairs' tenant; only the last one matches
 * @property {number} [maxTimeout] of the plugin, ms
 * @property {Ballast} [ballast]
 * @property {'sqlite'} [registry] where all this is kept; absent: in memory
 * @property {boolean} [known] whether all that is asked of the pairs was asked before they connect
 */
/**
 * @typedef {object} Ballast What is registered beside: other tenants, which say nothing.
 * @property {number} tenants
 * @property {number} rules over all of them
 * @property {number} devices over all of them
 */

const PLUGIN_TOKEN = 'messaging';
const BALLAST_DEVICES_PER_CUSTOMER = 100;

/** @typedef {import('@device-messaging/host-api').DeviceRegistry & import('@device-messaging/host-api').RegistryAdmin} Registry */

/**
 * Generates what a setup says, in a registry of any kind that is empty.
 * @param {Registry} registry
 * @param {Setup} setup
 */
export async function fillRegistry(registry, { pairs = 0, directory = false, rules = 1, maxTimeout, ballast }) {
  if (ballast !== undefined) await addBallast(registry, ballast);
  const { id: tenantId } = await registry.createTenant({ title: 'Tenant' });
  await addPairs(registry, tenantId, pairs);
  if (directory) await addDirectory(registry, tenantId);
  await addPlugin(registry, tenantId, maxTimeout === undefined ? {} : { maxTimeout });
  // Rules run by descending weight.
  for (let weight = rules - 1; weight > 0; weight--) {
    await addRule(registry, tenantId, weight, [`other-method-${weight}`]);
  }
  await addRule(registry, tenantId, 0, ['getDevices', 'sendMsg']);
}

async function addPairs(registry, tenantId, pairs) {
  const customers = [];
  for (let pair = 0; pair < pairs; pair++) {
    customers.push(await registry.createCustomer({ tenantId, title: `Customer ${pair}` }));
  }
  const devices = customers.flatMap(({ id: customerId }, pair) => [
    { id: callerId(pair), tenantId, customerId, name: callerToken(pair) },
    { id: targetId(pair), tenantId, customerId, name: targetToken(pair) },
  ]);
  await addDevices(registry, devices);
}

/**
 * Asks what a host asks of the pairs when they connect and call, as it has of devices that connect again.
 * @param {Registry} registry
 * @param {number} pairs
 */
export async function askOfPairs(registry, pairs) {
  for (let pair = 0; pair < pairs; pair++) {
    for (const token of [callerToken(pair), targetToken(pair)]) {
      const { id, tenantId, customerId } = await registry.findDeviceByCredentials('ACCESS_TOKEN', digestOf(token));
      const subjects = { device: id, customer: customerId, tenant: tenantId };
      for (const [kind, subject] of Object.entries(subjects)) await registry.findQuotas({ kind, id: subject });
      for (const plugin of await registry.listPlugins(tenantId)) {
        await registry.findCustomerSettings(plugin.id, customerId);
      }
    }
  }
}

/** The oldest device comes first in the answer: devices are made in the order of {@link callerId}. */
async function addDirectory(registry, tenantId) {
  const { id: customerId } = await registry.createCustomer({ tenantId, title: 'Customer' });
  const numbers = Array.from({ length: DIRECTORY_SIZE }, (_, device) => device);
  await addDevices(
    registry,
    numbers.map((device) => ({ id: callerId(device), tenantId, customerId, name: callerToken(device) })),
  );
}

async function addBallast(registry, { tenants, rules, devices }) {
  for (let tenant = 0; tenant < tenants; tenant++) {
    const { id: tenantId } = await registry.createTenant({ title: `Ballast ${tenant}` });
    await addPlugin(registry, tenantId, {});
    for (let rule = 0; rule < rules / tenants; rule++) {
      await addRule(registry, tenantId, rule, ['getDevices', 'sendMsg']);
    }
    for (let first = 0; first < devices / tenants; first += BALLAST_DEVICES_PER_CUSTOMER) {
      const { id: customerId } = await registry.createCustomer({ tenantId, title: `Customer ${first}` });
      const count = Math.min(BALLAST_DEVICES_PER_CUSTOMER, devices / tenants - first);
      const names = Array.from({ length: count }, (_, device) => `ballast-${tenant}-${first + device}`);
      await addDevices(
        registry,
        names.map((name) => ({ tenantId, customerId, name })),
      );
    }
  }
}

/** Devices whose tokens are their names. Those that are asked for at once are written together, in this order. */
async function addDevices(registry, devices) {
  await Promise.all(
    devices.map((device) => {
      const credentials = { type: 'ACCESS_TOKEN', digest: digestOf(device.name) };
      return registry.createDevice({ ...device, type: 'default' }, credentials);
    }),
  );
}

function digestOf(token) {
  return createHash('sha256').update(token).digest('hex');
}

function addPlugin(registry, tenantId, configuration) {
  return registry.createPlugin({
    tenantId,
    name: 'Messaging',
    apiToken: PLUGIN_TOKEN,
    clazz: 'device-messaging',
    state: 'ACTIVE',
    configuration,
  });
}

/** The rule of ThingsBoard's export file: by message type, then by method. */
function addRule(registry, tenantId, weight, methods) {
  const methodNames = methods.map((name) => ({ name }));
  return registry.createRule({
    tenantId,
    name: `Messaging ${weight}`,
    state: 'ACTIVE',
    weight,
    pluginToken: PLUGIN_TOKEN,
    filters: [
      { name: 'Type', clazz: 'message-type', configuration: { messageTypes: ['RPC_REQUEST'] } },
      { name: 'Method', clazz: 'method-name', configuration: { methodNames } },
    ],
    processor: undefined,
    action: { name: 'Ask', clazz: 'rpc', configuration: {} },
  });
}
