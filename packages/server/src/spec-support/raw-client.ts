import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** A connection that says what no proper client says. */
export class RawClient {
  private received = '';
  private readonly closed: Promise<unknown>;
  private error: Error | undefined;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => (this.received += text));
    // A connection that is cut off counts as closed.
    socket.on('error', (error) => (this.error = error));
    this.closed = once(socket, 'close');
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connectTcp(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Certificates of servers are not checked, unless asked. Rejects when the handshake fails. */
  static async connectTls(port: number, options: ConnectionOptions = {}): Promise<RawClient> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    await once(socket, 'secureConnect');
    return new RawClient(socket);
  }

  /** How the connection failed, if it did. */
  get failure(): Error | undefined {
    return this.error;
  }

  get text(): string {
    return this.received;
  }

  write(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** What came so far is read. */
  forget(): void {
    this.received = '';
  }

  /** All that came, once something with this in it did. */
  async until(part: string): Promise<string> {
    while (!this.received.includes(part)) {
      if (this.socket.destroyed) throw new Error(`The connection closed after: ${this.received}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
    return this.received;
  }

  /** All that came, once the server has closed the connection. */
  async untilClosed(): Promise<string> {
    await this.closed;
    return this.received;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Status code and body of the last response in a text. */
export function lastResponse(text: string): readonly [status: number, body: string] {
  const start = text.lastIndexOf('HTTP/1.1 ');
  const end = text.indexOf('\r\n\r\n', start);
  return [Number(text.slice(start + 9, start + 12)), text.slice(end + 4)];
}
