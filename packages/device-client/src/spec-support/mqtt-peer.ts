import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';

/** A server that does what a test says, packet by packet. */
export class MqttPeer {
  readonly received: Packet[] = [];
  onPacket: (packet: Packet) => void = () => undefined;
  private socket: Socket | undefined;
  private version = 4;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.socket = socket;
      const reading = parser();
      reading.on('packet', (packet) => this.take(packet));
      socket.on('data', (chunk) => void reading.parse(chunk));
      // Clients break connections off; that is their end of the test.
      socket.on('error', () => undefined);
    });
  }

  static async start(): Promise<MqttPeer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new MqttPeer(server);
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Accepts whoever connects, and acknowledges what is to be acknowledged. */
  accept(properties: { readonly maximumPacketSize?: number } = {}): void {
    this.onPacket = (packet) => {
      if (packet.cmd === 'connect')
        this.send({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false, properties });
      if (packet.cmd === 'subscribe') this.send({ cmd: 'suback', messageId: packet.messageId!, granted: [1] });
      if (packet.cmd === 'unsubscribe') this.send({ cmd: 'unsuback', messageId: packet.messageId!, granted: [0] });
      if (packet.cmd === 'publish' && packet.qos === 1) this.send({ cmd: 'puback', messageId: packet.messageId! });
    };
  }

  publish(topic: string, payload: string): void {
    this.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
  }

  send(packet: Packet): void {
    this.sendBytes(generate(packet, { protocolVersion: this.version }));
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket?.write(bytes);
  }

  /** Breaks the connection off. */
  hangUp(): void {
    this.socket?.destroy();
  }

  async stop(): Promise<void> {
    this.hangUp();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(packet: Packet): void {
    if (packet.cmd === 'connect') this.version = packet.protocolVersion ?? 4;
    this.received.push(packet);
    this.onPacket(packet);
  }
}
