import { createHash } from 'node:crypto';
import { InMemoryRegistry } from '@device-messaging/host-runtime';
import { callerId, callerToken, DIRECTORY_SIZE, targetId, targetToken } from '../load/names.mjs';

/**
 * @typedef {object} Setup What is registered.
 * @property {number} [pairs] pairs of devices that call each other, each pair a customer of its own
 * @property {boolean} [directory] one customer of many devices instead
 * @property {number} [rules] of the pairs' tenant; only the last one matches
 * @property {number} [maxTimeout] of the plugin, ms
 * @property {Ballast} [ballast]
 */
/**
 * @typedef {object} Ballast What is registered beside: other tenants, which say nothing.
 * @property {number} tenants
 * @property {number} rules over all of them
 * @property {number} devices over all of them
 */

const PLUGIN_TOKEN = 'messaging';
const BALLAST_DEVICES_PER_CUSTOMER = 100;

/** @param {Setup} setup */
export function generateRegistry({ pairs = 0, directory = false, rules = 1, maxTimeout, ballast }) {
  const registry = new InMemoryRegistry();
  if (ballast !== undefined) addBallast(registry, ballast);
  const { id: tenantId } = registry.createTenant({ title: 'Tenant' });
  for (let pair = 0; pair < pairs; pair++) {
    const { id: customerId } = registry.createCustomer({ tenantId, title: `Customer ${pair}` });
    addDevice(registry, { id: callerId(pair), tenantId, customerId, name: callerToken(pair) });
    addDevice(registry, { id: targetId(pair), tenantId, customerId, name: targetToken(pair) });
  }
  if (directory) addDirectory(registry, tenantId);
  addPlugin(registry, tenantId, maxTimeout === undefined ? {} : { maxTimeout });
  // Rules run by descending weight.
  for (let weight = rules - 1; weight > 0; weight--) addRule(registry, tenantId, weight, [`other-method-${weight}`]);
  addRule(registry, tenantId, 0, ['getDevices', 'sendMsg']);
  return registry;
}

/** The oldest device comes first in the answer: devices are made in the order of {@link callerId}. */
function addDirectory(registry, tenantId) {
  const { id: customerId } = registry.createCustomer({ tenantId, title: 'Customer' });
  for (let device = 0; device < DIRECTORY_SIZE; device++) {
    addDevice(registry, { id: callerId(device), tenantId, customerId, name: callerToken(device) });
  }
}

function addBallast(registry, { tenants, rules, devices }) {
  for (let tenant = 0; tenant < tenants; tenant++) {
    const { id: tenantId } = registry.createTenant({ title: `Ballast ${tenant}` });
    addPlugin(registry, tenantId, {});
    for (let rule = 0; rule < rules / tenants; rule++) addRule(registry, tenantId, rule, ['getDevices', 'sendMsg']);
    let customerId;
    for (let device = 0; device < devices / tenants; device++) {
      if (device % BALLAST_DEVICES_PER_CUSTOMER === 0) {
        customerId = registry.createCustomer({ tenantId, title: `Customer ${device}` }).id;
      }
      addDevice(registry, { tenantId, customerId, name: `ballast-${tenant}-${device}` });
    }
  }
}

/** A device whose token is its name. */
function addDevice(registry, device) {
  const { id, name } = registry.createDevice({ ...device, type: 'default' });
  registry.setCredentials(id, 'ACCESS_TOKEN', createHash('sha256').update(name).digest('hex'));
}

function addPlugin(registry, tenantId, configuration) {
  registry.createPlugin({
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
  registry.createRule({
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
