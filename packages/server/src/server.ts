import 'reflect-metadata';
import type { HostControl } from '@device-messaging/host-api';
import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import type { Logger } from '@device-messaging/plugin-api';
import { MqttTransport } from '@device-messaging/transport-mqtt';
import { prepareDataDirectory } from './data-directory.js';
import { readDemoAccount } from './demo/demo-account.js';
import { loadDemoAccount } from './demo/load-demo-account.js';
import type { BoundAddress } from './listeners/bound-address.js';
import { HttpListener } from './listeners/http-listener.js';
import { TcpListener } from './listeners/tcp-listener.js';
import { Readiness } from './readiness.js';
import type { ServerSettings } from './settings/server-settings.js';
import { UndoStack } from './undo-stack.js';

/** A server that accepts devices. */
export interface RunningServer {
  readonly mqtt: BoundAddress;
  readonly http: BoundAddress;
  readonly control: HostControl;
  /**
   * Takes no new connections, lets the calls in flight finish (at most `host.drainTimeoutMs`), closes everything.
   * Idempotent. Afterwards nothing of the server keeps the process alive.
   */
  stop(): Promise<void>;
}

/** What is not a setting. */
export interface StartOptions {
  readonly logger: Logger;
  /** Whether the demo account is loaded. */
  readonly demo: boolean;
}

/**
 * Puts the parts together and starts them.
 * @throws StartError when a setting cannot be put to use (a port is taken, say); nothing is left open then.
 */
export async function startServer(settings: ServerSettings, { logger, demo }: StartOptions): Promise<RunningServer> {
  prepareDataDirectory(settings.dataDir);
  const undo = new UndoStack();
  try {
    return await startParts(settings, logger, demo, undo);
  } catch (error) {
    // Why it did not start is the news; a part that then fails to stop must not hide it.
    await undo
      .undo()
      .catch((failure: unknown) => logger.error('A failed start left something open', { error: failure }));
    throw error;
  }
}

async function startParts(
  settings: ServerSettings,
  logger: Logger,
  demo: boolean,
  undo: UndoStack,
): Promise<RunningServer> {
  const readiness = new Readiness();
  const httpListener = new HttpListener({ protocol: 'HTTP', ...settings.http }, readiness);
  undo.push(() => httpListener.close());
  const http = await httpListener.listen();

  const registry = new InMemoryRegistry();
  const transport = new MqttTransport(settings.mqtt.limits);
  const plugins = [DeviceMessagingPlugin];
  const host = createHost({ plugins, transports: [transport], registry, logger, limits: settings.host });
  if (demo) await loadDemoAccount(readDemoAccount(), registry, host.control);

  const accept = transport.acceptSocket.bind(transport);
  const mqttListener = new TcpListener({ protocol: 'MQTT', ...settings.mqtt }, accept, logger);
  undo.push(() => host.stop());
  await host.start();
  undo.push(() => mqttListener.stopListening());
  const mqtt = await mqttListener.listen();

  undo.push(() => readiness.leave());
  readiness.becomeReady();
  logger.info('The server accepts devices', { mqtt, http });
  let stopping: Promise<void> | undefined;
  return { mqtt, http, control: host.control, stop: () => (stopping ??= undo.undo()) };
}
