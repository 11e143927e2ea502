import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TurnQueue, type Transport, type TransportHost } from '@device-messaging/host-api';
import { ReasonCode } from './codec/reason-code.js';
import type { ConnectionContext, OpenConnection } from './connection/connection-context.js';
import type { ConnectionFacts } from './connection/connection-facts.js';
import { Connection } from './connection/connection.js';
import { Handshake } from './connection/handshake.js';
import { keepFreedMemory } from './connection/memory-retention.js';
import { SharedBufferSocket } from './connection/shared-buffer-socket.js';
import { WriteQueue } from './connection/write-queue.js';
import { readLimits, type MqttLimits } from './mqtt-limits.js';

/**
 * The device API over MQTT 3.1, 3.1.1 and 5.0. It owns no listening socket: whoever does passes every connection to
 * {@link MqttTransport.accept}, be it TCP, TLS or the stream of a WebSocket.
 */
export class MqttTransport implements Transport {
  readonly name = 'mqtt';

  private readonly limits: MqttLimits;
  private readonly connections = new Set<OpenConnection>();
  private context: (ConnectionContext & { isDraining: boolean }) | undefined;
  private isStopped = false;
  private onEmpty: (() => void) | undefined;

  /** @throws RangeError naming the limit that is unknown or out of its range. */
  constructor(limits?: Partial<MqttLimits>) {
    this.limits = readLimits(limits);
  }

  /** Connections that are not gone yet. */
  get connectionCount(): number {
    return this.connections.size;
  }

  start(host: TransportHost): void {
    if (this.context !== undefined) throw new Error('An MQTT transport is started once; make another for another host');
    keepFreedMemory();
    this.context = {
      host,
      limits: this.limits,
      writes: new WriteQueue(),
      turns: new TurnQueue(),
      isDraining: false,
      forget: (connection) => this.forget(connection),
    };
  }

  /**
   * Takes a connection over, until it is closed by either side. The stream belongs to the transport from here on.
   * @throws Error when the transport was not started.
   */
  accept(stream: Duplex, facts: ConnectionFacts = {}): void {
    this.open(stream, facts);
  }

  /**
   * The same for a TCP connection that nobody has read from yet, and cheaper for every message: see
   * {@link SharedBufferSocket}. For `createServer({ noDelay: true, pauseOnConnect: true }, …)`.
   * @throws Error when the transport was not started.
   */
  acceptSocket(socket: Socket, facts: ConnectionFacts = {}): void {
    const shared = SharedBufferSocket.of(socket);
    this.open(shared?.socket ?? socket, facts, shared);
  }

  private open(stream: Duplex, facts: ConnectionFacts, shared?: SharedBufferSocket): void {
    const { context } = this;
    if (context === undefined) throw new Error('The MQTT transport takes connections once its host has started');
    if (this.isStopped || stream.destroyed) {
      stream.on('error', (error) => context.host.logger.debug('MQTT connection failed', { error }));
      stream.destroy();
      return;
    }
    const connection = new Connection(stream, facts, context);
    this.connections.add(connection);
    connection.start(new Handshake(connection), shared);
  }

  /** From now on CONNECT is refused as unavailable and requests are not accepted; replies and answers still flow. */
  drain(): void {
    if (this.context !== undefined) this.context.isDraining = true;
  }

  /** Closes every connection and returns when none is left. A device that reads nothing is cut off after `lingerMs`. */
  async stop(): Promise<void> {
    this.drain();
    this.isStopped = true;
    for (const connection of [...this.connections]) {
      connection.closeSoon(ReasonCode.SERVER_SHUTTING_DOWN, 'the server stops');
    }
    if (this.connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.onEmpty = resolve;
    });
  }

  private forget(connection: OpenConnection): void {
    this.connections.delete(connection);
    if (this.connections.size === 0) this.onEmpty?.();
  }
}
