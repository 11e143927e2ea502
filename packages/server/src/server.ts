import 'reflect-metadata';
import { adminApi, type NewAdministrator } from '@device-messaging/admin-api';
import type { DeviceRegistry, HostControl, RegistryAdmin } from '@device-messaging/host-api';
import { createHost, SystemTimers } from '@device-messaging/host-runtime';
import { DeviceMessagingPlugin } from '@device-messaging/messaging-plugin';
import type { Logger } from '@device-messaging/plugin-api';
import { CoapTransport } from '@device-messaging/transport-coap';
import { HttpTransport } from '@device-messaging/transport-http';
import { MqttTransport } from '@device-messaging/transport-mqtt';
import { prepareDataDirectory } from './data-directory.js';
import { DevicePorts, type DeviceAddresses } from './ports/device-ports.js';
import type { PortContext } from './ports/port-context.js';
import { WebPorts, type WebAddresses } from './ports/web-ports.js';
import { MetricsPage } from './metrics/metrics-page.js';
import { serverMetrics } from './metrics/server-metrics.js';
import { Readiness } from './readiness.js';
import type { ServerSettings } from './settings/server-settings.js';
import { EventObserver } from './store/event-observer.js';
import { addFirstRows } from './store/first-rows.js';
import { openStore } from './store/open-store.js';
import { Retention } from './store/retention.js';
import { ServerCertificate } from './tls/server-certificate.js';
import { TlsFiles } from './tls/tls-files.js';
import { UndoStack } from './undo-stack.js';

/** A server that accepts devices. */
export interface RunningServer extends DeviceAddresses, WebAddresses {
  readonly control: HostControl;
  readonly registry: DeviceRegistry & RegistryAdmin;
  /** Made at the first start without the demo account; the password is told here and nowhere else. */
  readonly firstAdministrator: NewAdministrator | undefined;
  /**
   * Takes no new connections, lets calls and administrators' requests in flight finish (at most
   * `host.drainTimeoutMs`), closes everything.
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
export async function startServer(settings: ServerSettings, options: StartOptions): Promise<RunningServer> {
  prepareDataDirectory(settings.dataDir);
  const undo = new UndoStack();
  try {
    return await startParts(settings, options, undo);
  } catch (error) {
    // Why it did not start is the news; a part that then fails to stop must not hide it.
    await undo
      .undo()
      .catch((failure: unknown) => options.logger.error('A failed start left something open', { error: failure }));
    throw error;
  }
}

async function startParts(
  settings: ServerSettings,
  { logger, demo }: StartOptions,
  undo: UndoStack,
): Promise<RunningServer> {
  const timers = new SystemTimers();
  const readiness = new Readiness();
  const certificate =
    settings.tls.certFile === '' ? undefined : await ServerCertificate.read(new TlsFiles(settings.tls), timers, logger);
  undo.push(() => certificate?.stop());
  const store = await openStore(settings, logger);
  undo.push(() => store.close());
  const { registry, accounts, events } = store;
  readiness.watch({ reason: 'The database does not answer.', isUp: () => store.metrics().isUp });

  const mqtt = new MqttTransport(settings.mqtt.limits);
  const http = new HttpTransport(settings.http.limits);
  const coap = new CoapTransport(settings.coap.limits);
  const host = createHost({
    plugins: [DeviceMessagingPlugin],
    transports: [mqtt, http, coap],
    registry,
    logger,
    timers,
    limits: settings.host,
    observer: new EventObserver(events),
  });
  const admin = adminApi({
    registry,
    accounts,
    events,
    host: host.control,
    clock: timers,
    logger,
    limits: settings.admin.limits,
  });
  const transports = { mqtt, http, coap };
  const names = Object.values(transports).map(({ name }) => name);
  const metrics = new MetricsPage(() => serverMetrics(host.control.statistics(), store.metrics(), names), timers);
  const context: PortContext = { settings, readiness, certificate, logger, admin, metrics, timers, transports };
  const webPorts = new WebPorts(context);
  undo.push(() => webPorts.close());
  const webAddresses = await webPorts.listen();

  const firstAdministrator = await addFirstRows(store, host.control, demo);
  const devicePorts = new DevicePorts(context);
  undo.push(() => devicePorts.close());
  undo.push(() => Promise.all([webPorts.finishRequests(settings.host.drainTimeoutMs), host.stop()]));
  await host.start();
  undo.push(() => devicePorts.stopListening());
  const deviceAddresses = await devicePorts.listen();

  const retention = new Retention(settings.retention, { events, accounts, timers, logger });
  undo.push(() => retention.stop());
  retention.start();
  undo.push(() => readiness.leave());
  readiness.becomeReady();
  const bound = { ...deviceAddresses, ...webAddresses };
  logger.info('The server accepts devices', bound);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= undo.undo());
  return { ...bound, control: host.control, registry, firstAdministrator, stop };
}
