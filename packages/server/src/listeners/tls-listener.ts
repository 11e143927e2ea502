import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { certificateCredentials } from '@device-messaging/host-api';
import type { Logger } from '@device-messaging/plugin-api';
import type { ConnectionFacts } from '@device-messaging/transport-mqtt';
import type { TlsMaterial } from '../tls/tls-files.js';
import { CLIENT_CERTIFICATES, HANDSHAKE_TIMEOUT_MS, type ListenerTls } from '../tls/tls-policy.js';
import type { BoundAddress } from './bound-address.js';
import { listenError, type ListenAttempt } from './listen-error.js';
import { OpenSockets } from './open-sockets.js';

/** Takes a connection over whose handshake is done. */
export type AcceptTlsSocket = (socket: TLSSocket, facts: ConnectionFacts) => void;

/** Listens for TLS connections and passes them on, with what their clients proved. */
export class TlsListener {
  private readonly server: Server;
  private readonly sockets: OpenSockets;

  constructor(
    private readonly attempt: ListenAttempt,
    private readonly tls: ListenerTls,
    private readonly accept: AcceptTlsSocket,
    private readonly logger: Logger,
  ) {
    const policy = { ...CLIENT_CERTIFICATES, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
    this.server = createServer({ ...tls.material, ...policy, noDelay: true }, (socket) => this.receive(socket));
    this.sockets = new OpenSockets(this.server);
    this.server.on('tlsClientError', (error, { remoteAddress }) => {
      this.logger.debug('A TLS handshake failed', { remoteAddress, error });
    });
  }

  /** @throws StartError saying why not, and what to do. */
  async listen(): Promise<BoundAddress> {
    const { bindAddress, bindPort } = this.attempt;
    try {
      this.server.listen(bindPort, bindAddress);
      await once(this.server, 'listening');
    } catch (error) {
      throw listenError(this.attempt, error);
    }
    this.server.on('error', (error) => this.logger.error('A listener failed', { ...this.attempt, error }));
    const { address, port } = this.server.address() as AddressInfo;
    return { address, port };
  }

  /** From the next handshake on. */
  use(material: TlsMaterial): void {
    this.server.setSecureContext(material);
  }

  /** Takes no new connections; those there are stay open. */
  stopListening(): void {
    this.server.close();
  }

  /** Cuts off what is still open: handshakes. */
  close(): void {
    this.sockets.destroy();
  }

  private receive(socket: TLSSocket): void {
    const { remoteAddress } = socket;
    const certificate = certificateCredentials(socket, this.tls.authorityTenantId);
    this.accept(socket, {
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      ...(certificate === undefined ? {} : { certificate }),
    });
  }
}
