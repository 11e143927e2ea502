import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that a test can cut. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private mode: 'open' | 'cut' | 'silent' = 'open';

  private constructor(host: string, port: number) {
    this.server = createServer((client) => {
      this.hold(client);
      if (this.mode === 'cut') {
        client.destroy();
        return;
      }
      if (this.mode === 'silent') return;
      const upstream = connect(port, host);
      this.hold(upstream);
      client.on('data', (bytes) => this.pass(bytes, upstream));
      upstream.on('data', (bytes) => this.pass(bytes, client));
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    });
  }

  static async to(host: string, port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(host, port);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** As when the server ends: connections break, new ones are refused. */
  cut(): void {
    this.mode = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** As when a cable is pulled: nothing is said any more, on old connections and new ones. */
  silence(): void {
    this.mode = 'silent';
  }

  restore(): void {
    this.mode = 'open';
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(bytes: Buffer, to: Socket): void {
    if (this.mode === 'open') to.write(bytes);
  }

  private hold(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
