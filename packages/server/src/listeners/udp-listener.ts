import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@device-messaging/plugin-api';
import type { DatagramChannel, Endpoint } from '@device-messaging/transport-coap';
import type { BoundAddress } from './bound-address.js';
import { listenError, type ListenAttempt } from './listen-error.js';

/** Takes a datagram in; its bytes are the taker's own. */
export type ReceiveDatagram = (datagram: Uint8Array, from: Endpoint, channel: DatagramChannel) => void;

/** What the kernel should hold while the process is busy, bytes; it gives less where the system's limit is lower. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** A UDP socket: passes datagrams on and sends some. */
export class UdpListener implements DatagramChannel {
  private readonly socket: Socket;
  private isOpen = false;
  private unsent = 0;

  constructor(
    private readonly attempt: ListenAttempt,
    private readonly receive: ReceiveDatagram,
    private readonly logger: Logger,
  ) {
    this.socket = createSocket(isIPv6(attempt.bindAddress) ? 'udp6' : 'udp4');
    this.socket.on('message', (datagram, { address, port }) => {
      if (this.isOpen) this.receive(datagram, { address, port }, this);
    });
  }

  /** Datagrams that could not be sent. */
  get unsentCount(): number {
    return this.unsent;
  }

  /** @throws StartError saying why not, and what to do. */
  async listen(): Promise<BoundAddress> {
    const { bindAddress, bindPort } = this.attempt;
    try {
      this.socket.bind({ address: bindAddress, port: bindPort, exclusive: true });
      await once(this.socket, 'listening');
    } catch (error) {
      throw listenError(this.attempt, error);
    }
    this.isOpen = true;
    this.socket.on('error', (error) => this.logger.error('A listener failed', { ...this.attempt, error }));
    this.enlargeBuffer();
    const { address, port } = this.socket.address();
    return { address, port };
  }

  send(datagram: Uint8Array, { address, port }: Endpoint): void {
    if (!this.isOpen) return;
    try {
      this.socket.send(datagram, port, address, this.onSent);
    } catch (error) {
      // An address or a port that none can be: of our own making, but no reason to fall over.
      this.onSent(error as Error);
    }
  }

  /** Receives and sends nothing any more. */
  async close(): Promise<void> {
    this.isOpen = false;
    // node:dgram sends in a later turn: what devices are told at the end would stay here.
    await setImmediate();
    await new Promise<void>((resolve) => {
      try {
        this.socket.close(resolve);
      } catch {
        // A socket that could not be bound closes itself.
        resolve();
      }
    });
  }

  private readonly onSent = (error: Error | null): void => {
    if (error === null) return;
    this.unsent++;
    this.logger.debug('A datagram could not be sent', { unsent: this.unsent, error });
  };

  private enlargeBuffer(): void {
    try {
      this.socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch (error) {
      this.logger.debug('The receive buffer stays as it is', { error });
    }
  }
}
