import type { Socket } from 'node:net';

/** Somebody who wants to know when a connection is gone. */
export interface ConnectionUser {
  connectionGone(): void;
}

/** Tells whoever uses a connection that it is gone, by one listener a connection. */
export class ConnectionWatch {
  private readonly users = new WeakMap<Socket, Set<ConnectionUser>>();

  /** Yields how many use the connection now. */
  add(socket: Socket, user: ConnectionUser): number {
    const users = this.users.get(socket) ?? this.watch(socket);
    users.add(user);
    return users.size;
  }

  remove(socket: Socket, user: ConnectionUser): void {
    this.users.get(socket)?.delete(user);
  }

  private watch(socket: Socket): Set<ConnectionUser> {
    const users = new Set<ConnectionUser>();
    this.users.set(socket, users);
    socket.once('close', () => {
      for (const user of [...users]) user.connectionGone();
    });
    return users;
  }
}
