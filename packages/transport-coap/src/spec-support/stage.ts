import type { Delivery } from '@device-messaging/host-api';
import { JsonText } from '@device-messaging/plugin-api';
import { FakeHost, type FakeSession } from '@device-messaging/testkit';
import type { CoapLimits } from '../coap-limits.js';
import { CoapTransport } from '../coap-transport.js';
import type { DatagramChannel, Endpoint } from '../datagram-channel.js';
import { ACK, decode, encode, RST, type Message, type Received } from './packet.js';

export const RPC = 'api/v1/token/rpc';
export const ATTRIBUTES = 'api/v1/token/attributes';

/** One remote endpoint without a socket: hands datagrams to the transport, collects what comes back. */
export class Device implements DatagramChannel {
  readonly inbox: Received[] = [];
  private lastId: number;

  constructor(
    private readonly transport: CoapTransport,
    readonly endpoint: Endpoint = { address: '192.0.2.1', port: 40_000 },
    firstId = 100,
  ) {
    this.lastId = firstId - 1;
  }

  send(datagram: Uint8Array): void {
    this.inbox.push(decode(datagram));
  }

  /** Sends bytes as they are; gives what came back meanwhile. */
  raw(datagram: Uint8Array): Received[] {
    this.transport.receive(datagram, this.endpoint, this);
    return this.take();
  }

  /** Sends a message, confirmable and with an id of its own unless it says otherwise. */
  tell(message: Message): Received[] {
    return this.raw(encode({ id: this.nextId(), ...message }));
  }

  /** Sends a request; gives the one message that came back. */
  ask(message: Message): Received {
    const received = this.tell(message);
    if (received.length !== 1) throw new Error(`Not one message came back, but ${JSON.stringify(received)}`);
    return received[0]!;
  }

  get(path: string, more: Message = {}): Received {
    return this.ask({ code: 'GET', path, ...more });
  }

  post(path: string, payload: string | Uint8Array, more: Message = {}): Received {
    return this.ask({ code: 'POST', path, payload, ...more });
  }

  observe(token = 'obs', more: Message = {}): Received {
    return this.get(RPC, { observe: 0, token, ...more });
  }

  acknowledge({ id }: Received): Received[] {
    return this.raw(encode({ type: ACK, id }));
  }

  reset({ id }: Received): Received[] {
    return this.raw(encode({ type: RST, id }));
  }

  /** Everything that came since this was asked last. */
  take(): Received[] {
    return this.inbox.splice(0);
  }

  /** The one message that came since this was asked last. */
  only(): Received {
    const received = this.take();
    if (received.length !== 1) throw new Error(`Not one message came, but ${JSON.stringify(received)}`);
    return received[0]!;
  }

  nextId(): number {
    this.lastId = (this.lastId + 1) % 65_536;
    return this.lastId;
  }
}

/** A started transport with its scripted host. */
export class Stage {
  readonly host = new FakeHost();
  readonly transport: CoapTransport;
  private devices = 0;

  constructor(limits?: Partial<CoapLimits>) {
    this.transport = new CoapTransport(limits);
    this.transport.start(this.host);
  }

  device(): Device {
    this.devices += 1;
    return new Device(this.transport, { address: '192.0.2.1', port: 40_000 + this.devices });
  }

  /** A device whose address has proven itself: it acknowledged a call, and observes no more. */
  verified(): Device {
    const device = this.device();
    device.observe('verify');
    call(this.session, 0);
    device.acknowledge(device.only());
    device.get(RPC, { observe: 1, token: 'verify' });
    this.host.sessions.length = 0;
    return device;
  }

  /** A verified device that observes with the token `obs`, and its session. */
  observer(more?: Message): { device: Device; session: FakeSession } {
    const device = this.verified();
    device.observe('obs', more);
    return { device, session: this.session };
  }

  /** The session that the host opened last. */
  get session(): FakeSession {
    const session = this.host.sessions.at(-1);
    if (session === undefined) throw new Error('The host was not asked for a session');
    return session;
  }

  /** Answers the request that came last. */
  answer(payload = '{"ok":true}'): void {
    const { session } = this;
    session.answer(session.requests.length - 1, payload);
  }

  advance(ms: number): void {
    this.host.timers.advance(ms);
  }
}

/** Offers a call as the host does. */
export function call(session: FakeSession, id: number, params = '{}', deadline = Number.MAX_SAFE_INTEGER): Delivery {
  return session.sink.deliver({ id, method: 'onMsg', params: JsonText.fromString(params), deadline });
}
