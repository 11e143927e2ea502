import 'reflect-metadata';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import { MqttTransport } from '@device-messaging/transport-mqtt';

/** A door and a lamp of one customer: all that this application knows. Returns their access tokens. */
function fillRegistry(registry: InMemoryRegistry): { door: string; lamp: string } {
  const { id: tenantId } = registry.createTenant({ title: 'My application' });
  const { id: customerId } = registry.createCustomer({ tenantId, title: 'My home' });
  const tokens = { door: randomUUID(), lamp: randomUUID() };
  for (const [name, token] of Object.entries(tokens)) {
    const { id } = registry.createDevice({ tenantId, customerId, name, type: 'default' });
    registry.setCredentials(id, 'ACCESS_TOKEN', createHash('sha256').update(token).digest('hex'));
  }
  registry.createPlugin({
    tenantId,
    name: 'Messaging',
    apiToken: 'messaging',
    clazz: 'device-messaging',
    state: 'ACTIVE',
    configuration: { defaultTimeout: 5_000 },
  });
  registry.createRule({
    tenantId,
    name: 'Calls between devices',
    state: 'ACTIVE',
    weight: 0,
    pluginToken: 'messaging',
    filters: [],
    processor: undefined,
    action: { name: 'Ask the plugin', clazz: 'rpc', configuration: {} },
  });
  return tokens;
}

const registry = new InMemoryRegistry();
const mqtt = new MqttTransport();
const host = createHost({ plugins: [DeviceMessagingPlugin], transports: [mqtt], registry });
const tokens = fillRegistry(registry);
await host.start();

// The application owns its sockets: every connection that it passes on speaks MQTT from here.
const listener = createServer({ noDelay: true, pauseOnConnect: true }, (socket) =>
  mqtt.acceptSocket(socket, { remoteAddress: socket.remoteAddress ?? '' }),
);
listener.listen(Number(process.env['PORT'] ?? 1883), '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address() as AddressInfo;
process.stdout.write(`Devices connect to mqtt://127.0.0.1:${port} with the tokens ${JSON.stringify(tokens)}\n`);

process.once('SIGINT', () => {
  listener.close();
  void host.stop({ drainTimeoutMs: 2_000 }).then(() => process.stdout.write('Stopped\n'));
});
