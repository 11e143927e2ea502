import type { Timers } from '@device-messaging/host-api';
import type { Logger } from '@device-messaging/plugin-api';
import type { CoapTransport } from '@device-messaging/transport-coap';
import type { HttpTransport } from '@device-messaging/transport-http';
import type { MqttTransport } from '@device-messaging/transport-mqtt';
import type { FastifyPluginAsync } from 'fastify';
import type { MetricsPage } from '../metrics/metrics-page.js';
import type { Readiness } from '../readiness.js';
import type { ServerSettings } from '../settings/server-settings.js';
import type { ServerCertificate } from '../tls/server-certificate.js';

/** What the ports are opened with, and for. */
export interface PortContext {
  readonly settings: ServerSettings;
  readonly readiness: Readiness;
  /** `undefined`: no TLS. */
  readonly certificate: ServerCertificate | undefined;
  readonly logger: Logger;
  /** The administrators' interface, for the HTTP ports. */
  readonly admin: FastifyPluginAsync;
  readonly metrics: MetricsPage;
  readonly timers: Timers;
  readonly transports: { readonly mqtt: MqttTransport; readonly http: HttpTransport; readonly coap: CoapTransport };
}

/** The tenant whose devices the configured certificate authority vouches for. */
export function authorityTenantId({ settings }: PortContext): string | undefined {
  const { clientCaTenantId } = settings.tls;
  return clientCaTenantId === '' ? undefined : clientCaTenantId;
}
