import type { BoundAddress } from '../listeners/bound-address.js';
import { HttpListener, type HttpListenerOptions } from '../listeners/http-listener.js';
import { WebSocketGate } from '../listeners/web-socket-gate.js';
import type { ServerCertificate } from '../tls/server-certificate.js';
import { authorityTenantId, type PortContext } from './port-context.js';

/** Where {@link WebPorts} listen. */
export interface WebAddresses {
  readonly http: BoundAddress;
  readonly https: BoundAddress | undefined;
}

/** The HTTP port, and the HTTPS port if there is a certificate. They open first and close last: probes ask them. */
export class WebPorts {
  private readonly http: HttpListener;
  private readonly https: HttpListener | undefined;

  constructor(context: PortContext) {
    const { settings, certificate } = context;
    const { bindAddress, bindPort, tlsBindPort } = settings.http;
    this.http = new HttpListener({ protocol: 'HTTP', bindAddress, bindPort }, optionsFor(context, undefined));
    if (certificate === undefined) return;
    const attempt = { protocol: 'HTTPS', bindAddress, bindPort: tlsBindPort, addressOf: 'HTTP' };
    const secure = new HttpListener(attempt, optionsFor(context, certificate));
    certificate.onRenewal((material) => secure.use(material));
    this.https = secure;
  }

  /** @throws StartError saying why not, and what to do. */
  async listen(): Promise<WebAddresses> {
    return { http: await this.http.listen(), https: await this.https?.listen() };
  }

  async close(): Promise<void> {
    await Promise.all([this.http.close(), this.https?.close()]);
  }
}

function optionsFor(context: PortContext, certificate: ServerCertificate | undefined): HttpListenerOptions {
  const { settings, readiness, logger, transports, admin } = context;
  const tenantId = certificate === undefined ? undefined : authorityTenantId(context);
  const webSockets = new WebSocketGate({
    maxMessageBytes: settings.mqtt.limits.maxPacketBytes,
    isOpen: () => readiness.state === 'ok',
    accept: (stream, facts) => transports.mqtt.accept(stream, facts),
    authorityTenantId: tenantId,
    logger,
  });
  const tls = certificate && { material: certificate.current, authorityTenantId: tenantId };
  return { settings: settings.http, readiness, devices: transports.http, admin, webSockets, logger, tls };
}
