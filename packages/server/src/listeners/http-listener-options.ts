import type { Logger } from '@device-messaging/plugin-api';
import type { HttpTransport } from '@device-messaging/transport-http';
import type { FastifyPluginAsync } from 'fastify';
import type { MetricsPage } from '../metrics/metrics-page.js';
import type { Readiness } from '../readiness.js';
import type { HttpSettings } from '../settings/http-settings.js';
import type { ListenerTls } from '../tls/tls-policy.js';
import type { OpenRequests } from './open-requests.js';
import type { WebSocketGate } from './web-socket-gate.js';

/** What an HTTP port offers. */
export interface HttpListenerOptions {
  readonly settings: HttpSettings;
  readonly readiness: Readiness;
  readonly devices: HttpTransport;
  readonly admin: FastifyPluginAsync;
  /** Where the requests of administrators are counted. */
  readonly adminRequests: OpenRequests;
  /** `undefined`: metrics have a port of their own. */
  readonly metrics: MetricsPage | undefined;
  readonly webSockets: WebSocketGate;
  readonly logger: Logger;
  /** Makes it HTTPS. */
  readonly tls?: ListenerTls | undefined;
}
