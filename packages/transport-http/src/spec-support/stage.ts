import { once } from 'node:events';
import { connect as connectTcp, type AddressInfo, type Socket } from 'node:net';
import { JsonText } from '@device-messaging/plugin-api';
import type { Delivery } from '@device-messaging/host-api';
import { eventually, FakeHost, type FakeSession } from '@device-messaging/testkit';
import { fastify, type FastifyInstance } from 'fastify';
import type { HttpLimits } from '../http-limits.js';
import { HttpTransport } from '../http-transport.js';
import { HttpClient } from './http-client.js';

/** A transport with its scripted host behind a real port, and a client. */
export class Stage {
  private readonly sockets: Socket[] = [];

  private constructor(
    readonly host: FakeHost,
    readonly transport: HttpTransport,
    readonly app: FastifyInstance,
    readonly port: number,
    readonly client: HttpClient,
  ) {}

  static async open(limits?: Partial<HttpLimits>, isStarted = true): Promise<Stage> {
    const [host, transport, app] = [
      new FakeHost(),
      new HttpTransport(limits),
      fastify({ forceCloseConnections: true }),
    ];
    if (isStarted) transport.start(host);
    await app.register(transport.routes);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    return new Stage(host, transport, app, port, new HttpClient(port));
  }

  /** The session that the host opened last, once it is the `count`th. */
  async session(count = 1): Promise<FakeSession> {
    await eventually(() => this.host.sessions.length >= count, 'the opening of a session');
    return this.host.sessions[count - 1]!;
  }

  /** The session of a poll or stream, once it listens. */
  async listener(count = 1): Promise<FakeSession> {
    const session = await this.session(count);
    await eventually(() => session.isListening, 'listening');
    return session;
  }

  /** A connection without a client, for what clients do not send. */
  async socket(): Promise<Socket> {
    const socket = connectTcp(this.port, '127.0.0.1');
    this.sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  async close(): Promise<void> {
    this.client.destroy();
    for (const socket of this.sockets) socket.destroy();
    this.transport.stop();
    await this.app.close();
  }
}

/** Offers a call as the host does. */
export function call(session: FakeSession, id: number, params = '{}', method = 'onMsg'): Delivery {
  return session.sink.deliver({ id, method, params: JsonText.fromString(params), deadline: Number.MAX_SAFE_INTEGER });
}
