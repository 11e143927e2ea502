// Our server's parts as its own composition root puts them together, with a generated registry: pairs of devices, each
// pair a customer of its own.
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import { MqttTransport } from '@device-messaging/transport-mqtt';
import { callerId, callerToken, targetId, targetToken } from '../load/dialects.mjs';

const PAIRS = Number(process.argv[2] ?? 1000);
const TENANT = '00000000-0000-4000-8000-000000000000';

const registry = new InMemoryRegistry();
const addDevice = (id, token, customerId) => {
  registry.createDevice({ id, tenantId: TENANT, customerId, name: token, type: 'default' });
  registry.setCredentials(id, 'ACCESS_TOKEN', createHash('sha256').update(token).digest('hex'));
};

registry.createTenant({ id: TENANT, title: 'Tenant' });
for (let pair = 0; pair < PAIRS; pair++) {
  const { id } = registry.createCustomer({ tenantId: TENANT, title: `Customer ${pair}` });
  addDevice(callerId(pair), callerToken(pair), id);
  addDevice(targetId(pair), targetToken(pair), id);
}
registry.createPlugin({
  tenantId: TENANT,
  name: 'Messaging',
  apiToken: 'messaging',
  clazz: 'device-messaging',
  state: 'ACTIVE',
  configuration: {},
});
// The rule of ThingsBoard's export file: by message type, then by method.
registry.createRule({
  tenantId: TENANT,
  name: 'Messaging',
  state: 'ACTIVE',
  weight: 0,
  pluginToken: 'messaging',
  filters: [
    { name: 'Type', clazz: 'message-type', configuration: { messageTypes: ['RPC_REQUEST'] } },
    {
      name: 'Method',
      clazz: 'method-name',
      configuration: { methodNames: [{ name: 'getDevices' }, { name: 'sendMsg' }] },
    },
  ],
  processor: undefined,
  action: { name: 'Ask', clazz: 'rpc', configuration: {} },
});

const mqtt = new MqttTransport();
const host = createHost({ plugins: [DeviceMessagingPlugin], transports: [mqtt], registry });
await host.start();
const server = createServer({ noDelay: true }, (socket) => mqtt.accept(socket));
server.listen(0, '127.0.0.1', 4096, () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit(0));
