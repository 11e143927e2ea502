import type { Socket } from 'node:net';
import type { SessionFacts } from '@device-messaging/host-api';

/** Somebody who wants to know when a connection is gone. */
export interface ConnectionUser {
  connectionGone(): void;
}

const CONNECTION = Symbol('connection');

/** A connection as the exchanges on it share it; found again by its socket. */
export class Connection {
  readonly facts: SessionFacts;
  /** Oldest first; rarely more than one. */
  private readonly users: ConnectionUser[] = [];

  private constructor(socket: Socket) {
    const { remoteAddress } = socket;
    this.facts = remoteAddress === undefined ? { transport: 'http' } : { transport: 'http', remoteAddress };
    socket.once('close', () => {
      for (const user of [...this.users]) user.connectionGone();
    });
  }

  static of(socket: Socket & { [CONNECTION]?: Connection }): Connection {
    return (socket[CONNECTION] ??= new Connection(socket));
  }

  /** Exchanges under way, pipelined ones. */
  get userCount(): number {
    return this.users.length;
  }

  add(user: ConnectionUser): void {
    this.users.push(user);
  }

  remove(user: ConnectionUser): void {
    this.users.splice(this.users.indexOf(user), 1);
  }
}
