// Our server's parts as its own composition root puts them together (packages/server/src/server.ts), with a registry that
// is generated, in memory or in a database. The transport's listener is whoever calls this.
import 'reflect-metadata';
import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import { askOfPairs, fillRegistry } from './generated-registry.mjs';
import { openSqliteRegistry } from './sqlite-registry.mjs';

/** @param {import('@device-messaging/host-api').Transport} transport */
export async function startHost(transport) {
  /** @type {import('./generated-registry.mjs').Setup} */
  const setup = JSON.parse(process.argv[2] ?? '{}');
  const registry = setup.registry === 'sqlite' ? await openSqliteRegistry() : new InMemoryRegistry();
  await fillRegistry(registry, setup);
  if (setup.known) await askOfPairs(registry, setup.pairs);
  const host = createHost({ plugins: [DeviceMessagingPlugin], transports: [transport], registry });
  await host.start();
  return host;
}
