import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { readCall } from '../call-text.js';
import { patienceOf, tlsOptionsOf, type ConnectOptions, type Patience } from '../connect-options.js';
import { connectionFailure } from '../connection-failure.js';
import { DeviceClientError } from '../device-client-error.js';
import type { DeviceClient, ReceivedCall } from '../device-client.js';
import { Ending } from '../ending.js';
import { refusalOf } from './refusal.js';

const REQUEST = 'v1/devices/me/rpc/request/';
const RESPONSE = 'v1/devices/me/rpc/response/';

/** What a PUBLISH may need besides topic and payload: fixed header, topic length, packet id, no properties. */
const PUBLISH_OVERHEAD = 16;

/** What acknowledgements that are under way at `close` are given, ms. */
const GOODBYE_MS = 1_000;

/** A device over MQTT: TCP, TLS or WebSocket, with MQTT.js. */
export class MqttDeviceClient implements DeviceClient {
  private readonly ending = new Ending();
  private readonly open = new Map<string, (answer: string) => void>();
  private onCall: ((call: ReceivedCall) => void) | undefined;
  private lastId = 0;
  private maxPacketBytes = Infinity;
  private failure: DeviceClientError | undefined;
  private isGone = false;

  private constructor(
    private readonly client: MqttClient,
    private readonly where: string,
    private readonly patience: Patience,
  ) {
    client.on('message', (topic, payload) => this.received(topic, payload.toString()));
    client.on('error', (error) => this.failed(error));
    // MQTT.js keeps some to itself: that a server has no WebSocket, above all.
    client.stream.on('error', (error: Error) => (this.failure ??= this.meaningOf(error)));
    client.on('disconnect', ({ reasonCode = 0 }) => (this.failure = refusalOf(where, reasonCode)));
    client.on('close', () => {
      this.isGone = true;
      this.ending.end(this.failure ?? new DeviceClientError('lost', `The server at ${where} closed the connection.`));
    });
  }

  static async connect(url: URL, token: string, options: ConnectOptions): Promise<MqttDeviceClient> {
    const patience = patienceOf(options);
    const js = mqtt.connect(withDefaultPath(url).href, mqttOptions(token, options));
    const made = new MqttDeviceClient(js, url.host, patience);
    try {
      await made.connected();
      return made;
    } catch (error) {
      made.ending.end(error as DeviceClientError);
      js.end(true);
      throw error;
    }
  }

  get closed(): Promise<DeviceClientError> {
    return this.ending.closed;
  }

  async request(payload: string | Uint8Array): Promise<string> {
    const id = String(++this.lastId);
    const { answerTimeoutMs } = this.patience;
    return this.ending.wait(answerTimeoutMs, 'The server did not answer', (resolve, reject) => {
      this.open.set(id, resolve);
      this.publish(REQUEST + id, payload).catch(reject);
      return () => this.open.delete(id);
    });
  }

  call(method: string, params?: unknown): Promise<string> {
    return this.request(JSON.stringify({ method, params }));
  }

  async listen(onCall: (call: ReceivedCall) => void): Promise<void> {
    const isListening = this.onCall !== undefined;
    this.onCall = onCall;
    if (isListening) return;
    await this.acknowledged('The server did not acknowledge the subscription', (done) =>
      this.client.subscribe(`${REQUEST}+`, { qos: 1 }, (error) => done(error)),
    );
  }

  async unlisten(): Promise<void> {
    if (this.onCall === undefined) return;
    this.onCall = undefined;
    await this.acknowledged('The server did not acknowledge the end of the subscription', (done) =>
      this.client.unsubscribe(`${REQUEST}+`, (error) => done(error ?? null)),
    );
  }

  async close(): Promise<void> {
    this.ending.end(new DeviceClientError('closed', 'This device closed its connection.'));
    if (this.isGone) return;
    await new Promise<void>((resolve) => {
      // MQTT.js waits for acknowledgements and for the server to hang up, for ever if need be.
      const patience = setTimeout(() => this.client.stream.destroy(), GOODBYE_MS);
      this.client.once('close', () => {
        clearTimeout(patience);
        resolve();
      });
      this.client.end(false);
    });
  }

  private async connected(): Promise<void> {
    const { timeoutMs } = this.patience;
    await this.ending.wait<void>(timeoutMs, `The server at ${this.where} did not accept the connection`, (resolve) => {
      this.client.once('connect', ({ properties }) => {
        this.maxPacketBytes = properties?.maximumPacketSize ?? Infinity;
        resolve();
      });
    });
  }

  private async publish(topic: string, payload: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(payload);
    if (bytes.length + topic.length + PUBLISH_OVERHEAD > this.maxPacketBytes)
      throw new DeviceClientError('too-large', `The server takes no more than ${this.maxPacketBytes} bytes at once.`);
    await this.acknowledged('The server did not acknowledge the message', (done) =>
      this.client.publish(topic, bytes, { qos: 1 }, (error) => done(error ?? null)),
    );
  }

  /** The patience is that of an answer: a server reads no further while too many of its answers are awaited. */
  private acknowledged(lack: string, send: (done: (error: Error | null) => void) => void): Promise<void> {
    return this.ending.wait<void>(this.patience.answerTimeoutMs, lack, (resolve, reject) => {
      send((error) => (error === null ? resolve() : reject(this.meaningOf(error))));
    });
  }

  private received(topic: string, text: string): void {
    if (topic.startsWith(RESPONSE)) this.open.get(topic.slice(RESPONSE.length))?.(text);
    else if (topic.startsWith(REQUEST)) this.called(topic.slice(REQUEST.length), text);
  }

  private called(id: string, text: string): void {
    if (this.onCall === undefined) return;
    let call: ReceivedCall;
    try {
      const { method, params } = readCall(text);
      call = { id, method, params, reply: (payload) => this.reply(id, payload) };
    } catch (error) {
      this.failed(error as DeviceClientError);
      return;
    }
    this.onCall(call);
  }

  private async reply(id: string, payload: string | Uint8Array): Promise<undefined> {
    await this.publish(RESPONSE + id, payload);
  }

  private failed(error: Error): void {
    this.failure ??= this.meaningOf(error);
    this.ending.end(this.failure);
    this.client.end(true);
  }

  private meaningOf(error: Error): DeviceClientError {
    if (this.ending.reason !== undefined) return this.ending.reason;
    const { code } = error as { code?: unknown };
    if (typeof code === 'number') return refusalOf(this.where, code);
    const status = /^Unexpected server response: (\d+)/.exec(error.message)?.[1];
    if (status === undefined) return connectionFailure(this.where, error);
    return new DeviceClientError(
      'unexpected',
      `The server at ${this.where} has no MQTT over WebSocket (HTTP ${status}).`,
    );
  }
}

function withDefaultPath(url: URL): URL {
  const whole = new URL(url);
  const isWebSocket = url.protocol === 'ws:' || url.protocol === 'wss:';
  if (isWebSocket && (url.pathname === '/' || url.pathname === '')) whole.pathname = '/mqtt';
  return whole;
}

function mqttOptions(token: string, options: ConnectOptions): IClientOptions {
  const { mqttVersion = 4, clientId } = options;
  return {
    protocolVersion: mqttVersion,
    reconnectPeriod: 0,
    // Its own patience ends a while after ours: one of them speaks.
    connectTimeout: patienceOf(options).timeoutMs + 1_000,
    ...(token === '' ? {} : { username: token }),
    ...(clientId === undefined ? {} : { clientId }),
    ...tlsOptionsOf(options),
  };
}
