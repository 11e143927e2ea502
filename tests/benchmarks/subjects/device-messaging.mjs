// Our server's parts as its own composition root puts them together (packages/server/src/server.ts), with a generated
// registry.
import 'reflect-metadata';
import { createServer } from 'node:net';
import { createHost } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import { MqttTransport } from '@device-messaging/transport-mqtt';
import { generateRegistry } from './generated-registry.mjs';
import { serve } from './serve.mjs';

const registry = generateRegistry(JSON.parse(process.argv[2] ?? '{}'));
const transport = new MqttTransport();
const host = createHost({ plugins: [DeviceMessagingPlugin], transports: [transport], registry });
await host.start();

// What the server's TCP listener does with each connection (packages/server/src/listeners/tcp-listener.ts).
const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
  const { remoteAddress } = socket;
  transport.acceptSocket(socket, remoteAddress === undefined ? {} : { remoteAddress });
});
serve(server, { statistics: () => host.control.statistics() });
