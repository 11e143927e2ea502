import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

const REQUEST = 'v1/devices/me/rpc/request/';
const RESPONSE = 'v1/devices/me/rpc/response/';

/** How long a test waits for something that should come, ms. */
const PATIENCE_MS = 15_000;

/** A call as the device received it. */
export interface ReceivedCall {
  readonly id: string;
  readonly payload: string;
}

/** A device with a real MQTT client, as a user would write it. */
export class MqttDevice {
  readonly calls: ReceivedCall[] = [];
  /** Answers by request id: more than one for an id is a broken promise. */
  readonly answers = new Map<string, string[]>();
  /** What to reply to a call; `undefined`: nothing. */
  onCall: (call: ReceivedCall) => string | Buffer | undefined = () => undefined;
  private readonly waiting = new Map<string, (answer: string) => void>();
  private lastId = 0;

  private constructor(readonly client: MqttClient) {
    client.on('message', (topic, payload) => this.receive(topic, payload));
    // A closed connection is what some tests want; they look at the client's state.
    client.on('error', () => undefined);
  }

  /** @param options of MQTT.js; the access token is the user name */
  static async connect(port: number, token: string, options: IClientOptions = {}): Promise<MqttDevice> {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { username: token, reconnectPeriod: 0, ...options });
    const device = new MqttDevice(client);
    // One for each request under way.
    client.setMaxListeners(0);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('The server closed the connection')));
    });
    return device;
  }

  /** Subscribes to calls and is listening when this is done. */
  async listen(qos: 0 | 1 = 1): Promise<void> {
    await this.client.subscribeAsync(`${REQUEST}+`, { qos });
  }

  /** Sends a request and waits for its answer, as text. */
  ask(method: string, params?: unknown): Promise<string> {
    return this.askRaw(JSON.stringify({ method, params }));
  }

  sendMsg(deviceId: string, body: unknown, more: object = {}): Promise<string> {
    return this.ask('sendMsg', { deviceId, body, ...more });
  }

  askRaw(payload: string | Buffer, id = String(++this.lastId)): Promise<string> {
    const answer = new Promise<string>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(patience);
        this.client.off('close', lost);
      };
      const lost = (): void => {
        end();
        reject(new Error(`The connection closed before the answer to ${payload.toString()}`));
      };
      const patience = setTimeout(() => {
        end();
        reject(new Error(`No answer to ${payload.toString()}`));
      }, PATIENCE_MS);
      this.client.once('close', lost);
      this.waiting.set(id, (text) => {
        end();
        resolve(text);
      });
      this.client.publish(REQUEST + id, payload, { qos: 1 });
    });
    // Whoever does not wait for it does not want to know what became of it.
    answer.catch(() => undefined);
    return answer;
  }

  /** The next call that arrives. */
  nextCall(): Promise<ReceivedCall> {
    return new Promise((resolve) => {
      const before = this.onCall;
      this.onCall = (call) => {
        this.onCall = before;
        resolve(call);
        return before(call);
      };
    });
  }

  async reply(id: string, payload: string | Buffer): Promise<void> {
    await this.client.publishAsync(RESPONSE + id, payload, { qos: 1 });
  }

  /** The end of the connection. */
  closed(): Promise<void> {
    if (!this.client.connected) return Promise.resolve();
    return new Promise((resolve) => this.client.once('close', () => resolve()));
  }

  /** Gone as a device goes that loses power. */
  async vanish(): Promise<void> {
    const closed = this.closed();
    this.client.stream.destroy();
    await closed;
  }

  async leave(): Promise<void> {
    await this.client.endAsync(true);
  }

  private receive(topic: string, payload: Buffer): void {
    if (topic.startsWith(RESPONSE)) this.answered(topic.slice(RESPONSE.length), payload.toString());
    else if (topic.startsWith(REQUEST)) this.called({ id: topic.slice(REQUEST.length), payload: payload.toString() });
  }

  private answered(id: string, answer: string): void {
    this.answers.set(id, [...(this.answers.get(id) ?? []), answer]);
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }

  private called(call: ReceivedCall): void {
    this.calls.push(call);
    const reply = this.onCall(call);
    if (reply !== undefined) this.client.publish(RESPONSE + call.id, reply, { qos: 1 });
  }
}
