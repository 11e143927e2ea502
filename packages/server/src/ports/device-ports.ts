import type { BoundAddress } from '../listeners/bound-address.js';
import { TcpListener } from '../listeners/tcp-listener.js';
import { TlsListener } from '../listeners/tls-listener.js';
import { UdpListener } from '../listeners/udp-listener.js';
import { authorityTenantId, type PortContext } from './port-context.js';

/** Where {@link DevicePorts} listen. */
export interface DeviceAddresses {
  readonly mqtt: BoundAddress;
  readonly mqtts: BoundAddress | undefined;
  readonly coap: BoundAddress;
}

/** The ports of MQTT and CoAP, and of MQTTS if there is a certificate. */
export class DevicePorts {
  private readonly mqtt: TcpListener;
  private readonly mqtts: TlsListener | undefined;
  private readonly coap: UdpListener;

  constructor(context: PortContext) {
    const { settings, certificate, logger, transports } = context;
    const { bindAddress, bindPort, tlsBindPort } = settings.mqtt;
    this.mqtt = new TcpListener(
      { protocol: 'MQTT', bindAddress, bindPort },
      (socket, facts) => transports.mqtt.acceptSocket(socket, facts),
      logger,
    );
    this.coap = new UdpListener(
      { protocol: 'CoAP', bindAddress: settings.coap.bindAddress, bindPort: settings.coap.bindPort },
      (datagram, from, channel) => transports.coap.receive(datagram, from, channel),
      logger,
    );
    if (certificate === undefined) return;
    const secure = new TlsListener(
      { protocol: 'MQTTS', bindAddress, bindPort: tlsBindPort, addressOf: 'MQTT' },
      { material: certificate.current, authorityTenantId: authorityTenantId(context) },
      (socket, facts) => transports.mqtt.accept(socket, facts),
      logger,
    );
    certificate.onRenewal((material) => secure.use(material));
    this.mqtts = secure;
  }

  /** @throws StartError saying why not, and what to do. */
  async listen(): Promise<DeviceAddresses> {
    return { mqtt: await this.mqtt.listen(), mqtts: await this.mqtts?.listen(), coap: await this.coap.listen() };
  }

  /** Takes no new connections. Datagrams know no connections: they still come and go. */
  stopListening(): void {
    this.mqtt.stopListening();
    this.mqtts?.stopListening();
  }

  /** Closes what the transports have left open, when the host has stopped. */
  async close(): Promise<void> {
    this.mqtts?.close();
    await this.coap.close();
  }
}
