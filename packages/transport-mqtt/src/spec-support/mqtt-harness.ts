import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import {
  callOf,
  type ClientOptions,
  type ReceivedCall,
  type TransportClient,
  type TransportHarness,
} from '@device-messaging/testkit';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { MqttTransport } from '../mqtt-transport.js';

const REQUEST = 'v1/devices/me/rpc/request/';
const RESPONSE = 'v1/devices/me/rpc/response/';
const TOPICS = { POST_TELEMETRY: 'v1/devices/me/telemetry', POST_ATTRIBUTES: 'v1/devices/me/attributes' } as const;

/** The MQTT transport over loopback TCP, with MQTT.js as its devices' client. */
export async function mqttHarness(protocolVersion: 4 | 5): Promise<TransportHarness> {
  // One unacknowledged call at a time: a device that reads nothing, and so acknowledges nothing, takes no more.
  const transport = new MqttTransport({ maxUnacknowledged: 1 });
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => transport.acceptSocket(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients: MqttJsClient[] = [];
  return {
    transport,
    connect: async (token, options = {}) => {
      const client = await MqttJsClient.connect(port, token, protocolVersion, options);
      clients.push(client);
      return client;
    },
    // What a device sent before is handled, and what it was sent before has arrived, when it is told so; twice, for
    // what one device sends because of what another one did.
    settle: async () => {
      for (let turn = 0; turn < 2; turn++) await Promise.all(clients.map((client) => client.flush()));
    },
    dispose: async () => {
      for (const client of clients) client.close();
      server.close();
      await once(server, 'close');
    },
  };
}

class MqttJsClient implements TransportClient {
  readonly closed: Promise<string>;
  readonly strays: string[] = [];
  private readonly open = new Map<string, (answer: string) => void>();
  private isStalled = false;
  private lastId = 0;
  private receive: (call: ReceivedCall) => void = (call) => this.strays.push(call.params);

  private constructor(private readonly client: MqttClient) {
    this.closed = new Promise((resolve) => client.once('close', () => resolve('closed')));
    client.on('message', (topic, payload) => this.onMessage(topic, payload.toString()));
    // The end of the connection is what rules wait for; why it ended is told by `closed`.
    client.on('error', () => undefined);
  }

  static async connect(
    port: number,
    token: string,
    protocolVersion: 4 | 5,
    { clientId, maxBytes }: ClientOptions,
  ): Promise<MqttJsClient> {
    const options: IClientOptions = {
      username: token,
      protocolVersion,
      reconnectPeriod: 0,
      // The host's clock is turned by the rules, the client's is not.
      keepalive: 0,
      ...(clientId === undefined ? {} : { clientId }),
      ...(maxBytes === undefined ? {} : { properties: { maximumPacketSize: maxBytes } }),
    };
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, options);
    const made = new MqttJsClient(client);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('The connection was refused')));
    });
    return made;
  }

  request(payload: string | Uint8Array): Promise<string> {
    const id = String(++this.lastId);
    return new Promise((resolve) => {
      this.open.set(id, resolve);
      this.client.publish(REQUEST + id, bytesOf(payload), { qos: 1 });
    });
  }

  async listen(): Promise<void> {
    await this.client.subscribeAsync(`${REQUEST}+`, { qos: 1 });
  }

  async unlisten(): Promise<void> {
    await this.client.unsubscribeAsync(`${REQUEST}+`);
  }

  onCall(receive: (call: ReceivedCall) => void): void {
    this.receive = receive;
  }

  reply(id: number, payload: string | Uint8Array): undefined {
    // An acknowledgement says that the message arrived, not that the host wanted it.
    this.client.publish(RESPONSE + String(id), bytesOf(payload), { qos: 1 });
    return undefined;
  }

  close(): void {
    this.client.end(true);
  }

  stall(): void {
    this.isStalled = true;
    this.client.stream.pause();
  }

  unstall(): void {
    this.isStalled = false;
    this.client.stream.resume();
  }

  async publish(type: keyof typeof TOPICS, payload: string): Promise<void> {
    await this.client.publishAsync(TOPICS[type], payload, { qos: 1 });
  }

  async flush(): Promise<void> {
    if (!this.client.connected || this.isStalled) return;
    const acknowledged = this.client.publishAsync('v1/devices/me/nothing', '', { qos: 1 });
    // A connection that ends meanwhile has nothing under way any more.
    await Promise.race([acknowledged.catch(() => undefined), this.closed]);
  }

  private onMessage(topic: string, text: string): void {
    if (topic.startsWith(REQUEST)) this.receive({ id: Number(topic.slice(REQUEST.length)), ...callOf(text) });
    else this.answered(topic.slice(RESPONSE.length), text);
  }

  private answered(id: string, text: string): void {
    const resolve = this.open.get(id);
    this.open.delete(id);
    if (resolve === undefined) this.strays.push(text);
    else resolve(text);
  }
}

function bytesOf(payload: string | Uint8Array): string | Buffer {
  return typeof payload === 'string' ? payload : Buffer.from(payload);
}
