import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Logger } from '@device-messaging/plugin-api';
import type { BoundAddress } from './bound-address.js';
import { listenError, type ListenAttempt } from './listen-error.js';

/** What to do with a connection. */
export type AcceptSocket = (socket: Socket, facts: { readonly remoteAddress?: string }) => void;

/** Listens for TCP connections and passes them on. Two steps to close it, so that a host can drain in between. */
export class TcpListener {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly attempt: ListenAttempt,
    private readonly accept: AcceptSocket,
    private readonly logger: Logger,
  ) {
    // A message is written at once: Nagle's algorithm would hold small ones back.
    this.server = createServer({ noDelay: true }, (socket) => this.receive(socket));
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

  /** Takes no new connections; those there are stay open. */
  stopListening(): void {
    this.server.close();
  }

  /** Cuts the connections that are still open. */
  closeConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private receive(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    // Connections break; without a listener of its own the event would end the process.
    socket.on('error', (error) => this.logger.debug('A connection broke', { protocol: this.attempt.protocol, error }));
    const { remoteAddress } = socket;
    this.accept(socket, remoteAddress === undefined ? {} : { remoteAddress });
  }
}
