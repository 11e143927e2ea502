import type { BoundAddress } from '../listeners/bound-address.js';
import { HttpListener } from '../listeners/http-listener.js';
import type { HttpListenerOptions } from '../listeners/http-listener-options.js';
import { MetricsListener } from '../listeners/metrics-listener.js';
import { OpenRequests } from '../listeners/open-requests.js';
import { WebSocketGate } from '../listeners/web-socket-gate.js';
import type { ServerCertificate } from '../tls/server-certificate.js';
import { authorityTenantId, type PortContext } from './port-context.js';

/** Where {@link WebPorts} listen. */
export interface WebAddresses {
  readonly http: BoundAddress;
  readonly https: BoundAddress | undefined;
  /** `undefined`: they have no port of their own. */
  readonly metrics: BoundAddress | undefined;
}

/**
 * The HTTP port, the HTTPS port if there is a certificate, and the port of metrics if they have one of their own. They
 * open first and close last: probes ask them.
 */
export class WebPorts {
  private readonly http: HttpListener;
  private readonly https: HttpListener | undefined;
  private readonly metrics: MetricsListener | undefined;
  private readonly adminRequests: OpenRequests;

  constructor(context: PortContext) {
    const { settings, certificate } = context;
    const { bindAddress, bindPort, tlsBindPort } = settings.http;
    this.adminRequests = new OpenRequests(context.timers);
    this.metrics = metricsListener(context);
    this.http = new HttpListener({ protocol: 'HTTP', bindAddress, bindPort }, this.optionsFor(context, undefined));
    if (certificate === undefined) return;
    const attempt = { protocol: 'HTTPS', bindAddress, bindPort: tlsBindPort, addressOf: 'HTTP' };
    const secure = new HttpListener(attempt, this.optionsFor(context, certificate));
    certificate.onRenewal((material) => secure.use(material));
    this.https = secure;
  }

  /** @throws StartError saying why not, and what to do. */
  async listen(): Promise<WebAddresses> {
    return {
      http: await this.http.listen(),
      https: await this.https?.listen(),
      metrics: await this.metrics?.listen(),
    };
  }

  /** Takes no new requests of administrators. Done when those under way have their answers, or after `timeoutMs`. */
  finishRequests(timeoutMs: number): Promise<void> {
    return this.adminRequests.finish(timeoutMs);
  }

  async close(): Promise<void> {
    await Promise.all([this.http.close(), this.https?.close(), this.metrics?.close()]);
  }

  private optionsFor(context: PortContext, certificate: ServerCertificate | undefined): HttpListenerOptions {
    const { settings, readiness, logger, transports, admin, metrics } = context;
    const tenantId = certificate === undefined ? undefined : authorityTenantId(context);
    const webSockets = new WebSocketGate({
      maxMessageBytes: settings.mqtt.limits.maxPacketBytes,
      isOpen: () => readiness.acceptsDevices,
      accept: (stream, facts) => transports.mqtt.accept(stream, facts),
      authorityTenantId: tenantId,
      logger,
    });
    const tls = certificate && { material: certificate.current, authorityTenantId: tenantId };
    return {
      settings: settings.http,
      readiness,
      devices: transports.http,
      admin,
      adminRequests: this.adminRequests,
      metrics: this.metrics === undefined ? metrics : undefined,
      webSockets,
      logger,
      tls,
    };
  }
}

function metricsListener({ settings, metrics, logger }: PortContext): MetricsListener | undefined {
  const { bindAddress, bindPort } = settings.metrics;
  if (bindPort === undefined) return undefined;
  return new MetricsListener({ protocol: 'Metrics', bindAddress, bindPort }, metrics, logger);
}
