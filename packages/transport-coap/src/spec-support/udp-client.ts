import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { callOf, type ReceivedCall, type TransportClient } from '@device-messaging/testkit';
import { ACK, CON, decode, encode, type Message, type Received } from './packet.js';

const BLOCK_BYTES = 1_024;
const BLOCK_SZX = 6;
const PING_TOKEN = '';
const OBSERVE_TOKEN = 'observer';

interface Answer {
  readonly code: string;
  readonly maxAge?: number | undefined;
  readonly payload: string;
}

/** A device's CoAP client over a real socket, on coap-packet. Loopback loses nothing, so it sends nothing twice. */
export class UdpClient implements TransportClient {
  readonly closed: Promise<string>;
  readonly strays: unknown[] = [];

  private lastId = 0;
  private lastToken = 0;
  private isStalled = false;
  private isClosed = false;
  private isObserving = false;
  private maxAge: number | undefined;
  private readonly withheld: Received[] = [];
  /** Responses that are waited for, by token. */
  private readonly responses = new Map<string, (response: Received) => void>();
  private readonly pings = new Map<number, () => void>();
  private receive: (call: ReceivedCall) => void = (call) => this.strays.push(call);
  private end: (why: string) => void = () => undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly token: string,
  ) {
    this.closed = new Promise((resolve) => (this.end = resolve));
    socket.on('message', (datagram) => this.onMessage(decode(datagram)));
  }

  /** Asks for the attributes: whoever is refused is no device. */
  static async connect(port: number, token: string): Promise<UdpClient> {
    const socket = createSocket('udp4');
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new UdpClient(socket, token);
    const { code } = await client.exchange({ code: 'GET', path: client.path('attributes') });
    if (code === '2.05') return client;
    client.close();
    throw new Error(`The device was refused: ${code}`);
  }

  async request(payload: string | Uint8Array): Promise<string> {
    const answer = await this.post('rpc', payload);
    this.maxAge = answer.maxAge;
    return answer.payload;
  }

  retryAfterS(): number | undefined {
    return this.maxAge;
  }

  async listen(): Promise<void> {
    this.isObserving = true;
    const { code } = await this.exchange({ code: 'GET', path: this.path('rpc'), observe: 0, token: OBSERVE_TOKEN });
    if (code !== '2.05') throw new Error(`The observation was refused: ${code}`);
  }

  async unlisten(): Promise<void> {
    this.isObserving = false;
    await this.exchange({ code: 'GET', path: this.path('rpc'), observe: 1, token: OBSERVE_TOKEN });
  }

  onCall(receive: (call: ReceivedCall) => void): void {
    this.receive = receive;
  }

  async reply(id: number, payload: string | Uint8Array): Promise<boolean> {
    return (await this.post(`rpc/${id}`, payload)).code === '2.04';
  }

  async publish(type: 'POST_TELEMETRY' | 'POST_ATTRIBUTES', payload: string): Promise<void> {
    await this.post(type === 'POST_TELEMETRY' ? 'telemetry' : 'attributes', payload);
  }

  /** Leaves without waiting for a server that may be gone. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.end('closed');
    const bye: Message = { code: 'GET', path: this.path('rpc'), observe: 1, token: OBSERVE_TOKEN, id: this.nextId() };
    if (this.isObserving) this.socket.send(encode(bye), () => this.socket.close());
    else this.socket.close();
  }

  /** Keeps its acknowledgements back. */
  stall(): void {
    this.isStalled = true;
  }

  unstall(): void {
    this.isStalled = false;
    for (const notification of this.withheld.splice(0)) this.onNotification(notification);
  }

  /** Done when the server has handled what was sent before. */
  async flush(): Promise<void> {
    if (this.isClosed) return;
    const id = this.nextId();
    const answered = new Promise<void>((resolve) => this.pings.set(id, resolve));
    this.send({ type: CON, id, token: PING_TOKEN });
    await Promise.race([answered, this.closed]);
  }

  private path(rest: string): string {
    return `api/v1/${this.token}/${rest}`;
  }

  private async post(rest: string, payload: string | Uint8Array): Promise<Answer> {
    const body = Buffer.from(payload);
    const request: Message = { code: 'POST', path: this.path(rest) };
    if (body.length <= BLOCK_BYTES) return this.exchange({ ...request, payload: body });
    let num = 0;
    for (; (num + 1) * BLOCK_BYTES < body.length; num += 1) {
      const part = body.subarray(num * BLOCK_BYTES, (num + 1) * BLOCK_BYTES);
      const { code, payload: why } = await this.exchange({ ...request, payload: part, block1: [num, true, BLOCK_SZX] });
      if (code !== '2.31') return { code, payload: why };
    }
    return this.exchange({ ...request, payload: body.subarray(num * BLOCK_BYTES), block1: [num, false, BLOCK_SZX] });
  }

  /** One request and its response, put together of blocks when there are several. */
  private async exchange(request: Message): Promise<Answer> {
    const first = await this.single(request);
    return { code: first.code, maxAge: first.maxAge, payload: first.payload + (await this.rest(request, first)) };
  }

  private async rest({ code = 'GET', path = '' }: Message, first: Received): Promise<string> {
    let text = '';
    for (let { block2 } = first; block2?.[1] === true;) {
      const next: Received = await this.single({ code, path, block2: [block2[0] + 1, false, block2[2]] });
      if (next.etag !== first.etag) throw new Error(`A block of another body came: ${next.code} ${next.payload}`);
      text += next.payload;
      block2 = next.block2;
    }
    return text;
  }

  private single(request: Message): Promise<Received> {
    this.lastToken += 1;
    const token = request.token ?? `t${this.lastToken}`;
    return new Promise((resolve) => {
      this.responses.set(token, resolve);
      this.send({ ...request, id: this.nextId(), token });
    });
  }

  private onMessage(message: Received): void {
    if (message.type === 'RST') {
      this.pings.get(message.id)?.();
      this.pings.delete(message.id);
      return;
    }
    if (message.code === '0.00') {
      if (message.type === CON) this.send({ type: 'RST', id: message.id });
      return;
    }
    const respond = this.responses.get(message.token);
    if (respond === undefined && message.token === OBSERVE_TOKEN) {
      if (this.isStalled) this.withheld.push(message);
      else this.onNotification(message);
      return;
    }
    if (message.type === CON) this.send({ type: ACK, id: message.id });
    this.responses.delete(message.token);
    if (respond === undefined) this.strays.push(message);
    else respond(message);
  }

  private onNotification(message: Received): void {
    if (message.type === CON) this.send({ type: ACK, id: message.id });
    if (message.code !== '2.05') {
      // An error response ends the observation (RFC 7641 section 4.2).
      this.isObserving = false;
      this.end(message.code);
      return;
    }
    const whole = message.block2?.[1] === true ? this.rest({ code: 'GET', path: this.path('rpc') }, message) : '';
    void Promise.resolve(whole).then((rest) => {
      const text = message.payload + rest;
      const { id } = JSON.parse(text.replace(/"params":.*/s, '"params":0}')) as { id: number };
      this.receive({ id, ...callOf(text) });
    });
  }

  private send(message: Message): void {
    if (!this.isClosed) this.socket.send(encode(message));
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}
