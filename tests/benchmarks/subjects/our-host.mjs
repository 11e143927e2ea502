// Our server's parts as its own composition root puts them together (packages/server/src/server.ts), with a generated
// registry. The transport's listener is whoever calls this.
import 'reflect-metadata';
import { createHost } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import { generateRegistry } from './generated-registry.mjs';

/** @param {import('@device-messaging/host-api').Transport} transport */
export async function startHost(transport) {
  const registry = generateRegistry(JSON.parse(process.argv[2] ?? '{}'));
  const host = createHost({ plugins: [DeviceMessagingPlugin], transports: [transport], registry });
  await host.start();
  return host;
}
