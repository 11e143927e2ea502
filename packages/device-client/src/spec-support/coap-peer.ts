import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { generate, parse, type NamedOption, type Packet, type ParsedPacket } from 'coap-packet';

/** A server that does what a test says, datagram by datagram. */
export class CoapPeer {
  /** Everything that came, in order. */
  readonly received: ParsedPacket[] = [];
  /** What to do with each message: by default nothing. */
  onMessage: (message: ParsedPacket) => void = () => undefined;
  private client: RemoteInfo | undefined;
  private waiting: (() => void)[] = [];
  private lastMessageId = 1_000;

  private constructor(private readonly socket: Socket) {
    socket.on('message', (datagram, client) => {
      this.client = client;
      const message = parse(datagram);
      this.received.push(message);
      this.onMessage(message);
      for (const check of this.waiting) check();
    });
  }

  static async start(): Promise<CoapPeer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new CoapPeer(socket);
  }

  get url(): string {
    return `coap://127.0.0.1:${this.socket.address().port}`;
  }

  /** The first message of which this is so, come or to come. */
  async until(isIt: (message: ParsedPacket) => boolean): Promise<ParsedPacket> {
    const found = this.received.find(isIt);
    if (found !== undefined) return found;
    return new Promise((resolve) => {
      const check = (): void => {
        const last = this.received.at(-1)!;
        if (!isIt(last)) return;
        this.waiting = this.waiting.filter((other) => other !== check);
        resolve(last);
      };
      this.waiting.push(check);
    });
  }

  /** The response, in the acknowledgement of its request. */
  answer(request: ParsedPacket, code: string, payload: string | Buffer = '', ...options: NamedOption[]): void {
    const { messageId, token } = request;
    this.send({ code, messageId, token, ack: true, payload: Buffer.from(payload), options });
  }

  /** A confirmable message of its own with the token of a request. Yields its message id. */
  confirmable(request: ParsedPacket, code: string, payload: string | Buffer, ...options: NamedOption[]): number {
    const messageId = ++this.lastMessageId;
    this.send({ code, messageId, token: request.token, confirmable: true, payload: Buffer.from(payload), options });
    return messageId;
  }

  send(packet: Packet): void {
    this.sendBytes(generate(packet));
  }

  sendBytes(datagram: Buffer): void {
    if (this.client === undefined) throw new Error('No client has sent anything yet');
    this.socket.send(datagram, this.client.port, this.client.address);
  }

  stop(): void {
    this.socket.close();
  }
}
