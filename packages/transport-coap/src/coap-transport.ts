import type { Transport, TransportHost } from '@device-messaging/host-api';
import { CoapContext } from './coap-context.js';
import { readLimits, type CoapLimits } from './coap-limits.js';
import type { DatagramChannel, Endpoint } from './datagram-channel.js';
import { MessageLayer } from './messages/message-layer.js';
import { Observers } from './observe/observers.js';
import { RequestHandler } from './resources/request-handler.js';

/**
 * The device API over CoAP (RFC 7252, 7641, 7959). It owns no socket: whoever does passes every datagram to
 * {@link CoapTransport.receive}.
 */
export class CoapTransport implements Transport {
  readonly name = 'coap';

  private readonly limits: CoapLimits;
  private context: CoapContext | undefined;
  private messages: MessageLayer | undefined;
  private observers: Observers | undefined;

  /** @throws RangeError naming the limit that is unknown or out of its range. */
  constructor(limits?: Partial<CoapLimits>) {
    this.limits = readLimits(limits);
  }

  /** Remote endpoints of which something is known. */
  get endpointCount(): number {
    return this.messages?.peers.size ?? 0;
  }

  /** Observations. */
  get observerCount(): number {
    return this.observers?.size ?? 0;
  }

  start(host: TransportHost): void {
    if (this.context !== undefined) throw new Error('A CoAP transport is started once; make another for another host');
    this.context = new CoapContext(host, this.limits);
    this.observers = new Observers(this.context);
    const handler = new RequestHandler(this.context, this.observers);
    this.messages = new MessageLayer(this.context, (exchange) => handler.handle(exchange));
  }

  /**
   * Takes a datagram in. Never throws because of what it says. The bytes belong to the transport from here on. Before
   * the start and after the stop datagrams are lost, as any datagram may be.
   */
  receive(datagram: Uint8Array, from: Endpoint, channel: DatagramChannel): void {
    const { context } = this;
    if (context === undefined || context.isStopped) return;
    try {
      this.messages?.receive(datagram, from, channel);
    } catch (error) {
      context.fault(error);
    }
  }

  /** From now on requests and observations are refused (5.03); answers, calls and replies still flow. */
  drain(): void {
    if (this.context !== undefined) this.context.isDraining = true;
  }

  /** Ends every observation (5.03) and forgets all messages. Nothing is waited for: datagrams may be lost anyway. */
  stop(): void {
    const { context } = this;
    if (context === undefined || context.isStopped) return;
    this.drain();
    this.observers?.close();
    context.stop();
    this.messages?.peers.clear();
  }
}
