import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Logger } from '@device-messaging/plugin-api';
import type { BoundAddress } from './bound-address.js';
import { listenError, type ListenAttempt } from './listen-error.js';

/** Takes a connection over that was not read from yet, with what becomes of it: its bytes, its errors, its end. */
export type AcceptSocket = (socket: Socket, facts: { readonly remoteAddress?: string }) => void;

/** Listens for TCP connections and passes them on. */
export class TcpListener {
  private readonly server: Server;

  constructor(
    private readonly attempt: ListenAttempt,
    private readonly accept: AcceptSocket,
    private readonly logger: Logger,
  ) {
    // A message is written at once: Nagle's algorithm would hold small ones back. Who takes a connection over reads it.
    this.server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => this.receive(socket));
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

  private receive(socket: Socket): void {
    const { remoteAddress } = socket;
    this.accept(socket, remoteAddress === undefined ? {} : { remoteAddress });
  }
}
