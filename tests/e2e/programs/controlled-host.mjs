// A host as a process of its own whose registry the parent changes while devices talk: what an administrator's
// interface would do. Prints nothing; speaks to its parent by IPC: { method, args } in, { port } and { result } out.
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import { MqttTransport } from '@device-messaging/transport-mqtt';

const { tenants, customers, devices, plugins, rules } = JSON.parse(process.argv[2] ?? '{}');
const registry = new InMemoryRegistry();
const digest = (token) => createHash('sha256').update(token).digest('hex');

for (const tenant of tenants) registry.createTenant(tenant);
for (const customer of customers) registry.createCustomer(customer);
for (const { token, ...device } of devices) {
  registry.createDevice(device);
  registry.setCredentials(device.id, 'ACCESS_TOKEN', digest(token));
}
for (const plugin of plugins) registry.createPlugin(plugin);
for (const rule of rules) registry.createRule(rule);

const mqtt = new MqttTransport();
const host = createHost({ plugins: [DeviceMessagingPlugin], transports: [mqtt], registry });
await host.start();
// As the server does it.
const listener = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => mqtt.acceptSocket(socket));
listener.listen(0, '127.0.0.1', () => process.send({ port: listener.address().port }));

process.on('message', ({ method, args }) => {
  if (method === 'statistics') process.send({ result: host.control.statistics() });
  else if (method === 'heapBytes') process.send({ result: heapBytes() });
  else process.send({ result: registry[method](...args) ?? null });
});
function heapBytes() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

process.on('disconnect', () => process.exit(0));
