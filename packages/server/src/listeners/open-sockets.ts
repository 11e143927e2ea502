import type { Server, Socket } from 'node:net';

/**
 * The TCP connections of a server, those in a TLS handshake or refused ones included, which nobody else knows of:
 * without an end of theirs a stopping server would wait for them.
 */
export class OpenSockets {
  private readonly sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      // A connection may be announced again when it changes hands.
      if (this.sockets.has(socket)) return;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  get count(): number {
    return this.sockets.size;
  }

  /** Cuts them all off, whatever they do. */
  destroy(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
