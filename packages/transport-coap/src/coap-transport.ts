import type { Transport, TransportHost } from '@device-messaging/host-api';
import type { DatagramChannel, Endpoint } from './datagram-channel.js';

/**
 * The device API over CoAP. It owns no socket: whoever does passes every datagram to {@link CoapTransport.receive}.
 */
export class CoapTransport implements Transport {
  readonly name = 'coap';
  private host: TransportHost | undefined;

  start(host: TransportHost): void {
    this.host = host;
  }

  /** Takes a datagram in. Never throws because of what it says. The bytes belong to the transport from here on. */
  receive(_datagram: Uint8Array, _from: Endpoint, _channel: DatagramChannel): void {
    if (this.host === undefined) return;
  }

  drain(): void {
    this.host = undefined;
  }

  stop(): void {
    this.host = undefined;
  }
}
