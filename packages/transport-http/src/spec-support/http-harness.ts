import { setImmediate } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import {
  callOf,
  eventually,
  type ReceivedCall,
  type TransportClient,
  type TransportHarness,
} from '@device-messaging/testkit';
import { HttpTransport } from '../http-transport.js';
import { HttpClient } from './http-client.js';

/** How devices of a harness listen. */
export type Listening = 'poll' | 'stream';

/** The HTTP transport over loopback, with node:http as its devices' client. */
export async function httpHarness(listening: Listening): Promise<TransportHarness> {
  const transport = new HttpTransport();
  const app = fastify({ forceCloseConnections: true });
  await app.register(transport.routes);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const devices: HttpDevice[] = [];
  return {
    transport,
    connect: async (token) => {
      const device =
        listening === 'poll' ? new PollingDevice(port, token, transport) : new StreamingDevice(port, token, transport);
      await device.authenticate();
      devices.push(device);
      return device;
    },
    // What was sent before on other connections has arrived when later requests are answered; twice, for what one
    // device sends because of what another one did.
    settle: async () => {
      for (let turn = 0; turn < 2; turn++) {
        await Promise.all(devices.map((device) => device.flush()));
        await setImmediate();
      }
    },
    dispose: async () => {
      for (const device of devices) device.close();
      await app.close();
    },
  };
}

abstract class HttpDevice implements TransportClient {
  readonly closed: Promise<string>;
  readonly strays: unknown[] = [];
  protected readonly client: HttpClient;
  protected receive: (call: ReceivedCall) => void = (call) => this.strays.push(call);
  protected isListening = false;
  protected end!: (reason: string) => void;
  private isClosed = false;
  private retryAfter: string | undefined;

  constructor(
    port: number,
    private readonly token: string,
    protected readonly transport: HttpTransport,
  ) {
    this.client = new HttpClient(port);
    this.closed = new Promise((resolve) => (this.end = resolve));
    void this.closed.then(() => (this.isClosed = true));
  }

  async authenticate(): Promise<void> {
    const { status, body } = await this.client.send('GET', this.path('/attributes'));
    if (status !== 200) throw new Error(`${status} ${body}`);
  }

  async request(payload: string | Uint8Array): Promise<string> {
    const { status, headers, body } = await this.client.send('POST', this.path('/rpc'), { body: payload });
    if (![200, 400, 429].includes(status)) throw new Error(`${status} ${body}`);
    this.retryAfter = headers['retry-after'];
    return body;
  }

  retryAfterS(): number | undefined {
    return this.retryAfter === undefined ? undefined : Number(this.retryAfter);
  }

  onCall(receive: (call: ReceivedCall) => void): void {
    this.receive = receive;
  }

  async reply(id: number, payload: string | Uint8Array): Promise<boolean> {
    const { status } = await this.client.send('POST', this.path(`/rpc/${id}`), { body: payload });
    return status === 200;
  }

  async publish(type: 'POST_TELEMETRY' | 'POST_ATTRIBUTES', payload: string): Promise<void> {
    const path = type === 'POST_TELEMETRY' ? '/telemetry' : '/attributes';
    await this.client.send('POST', this.path(path), { body: payload });
  }

  async listen(): Promise<void> {
    const before = this.transport.listeningCount;
    this.isListening = true;
    let hasCome = false;
    const { receive } = this;
    this.receive = (call) => {
      hasCome = true;
      receive(call);
    };
    void this.receiveCalls();
    // A poll that is answered at once never counts as listening.
    await eventually(() => hasCome || this.transport.listeningCount > before, 'listening');
  }

  async unlisten(): Promise<void> {
    const before = this.transport.listeningCount;
    this.isListening = false;
    this.breakOff();
    await eventually(() => this.transport.listeningCount < before, 'the end of listening');
  }

  close(): void {
    this.isListening = false;
    this.breakOff();
    this.client.destroy();
    this.end('closed by the device');
  }

  async flush(): Promise<void> {
    if (this.isClosed) return;
    // A server that takes no requests any more has none under way.
    await this.client.send('GET', this.path('/attributes')).catch(() => undefined);
  }

  protected path(rest: string): string {
    return `/api/v1/${this.token}${rest}`;
  }

  protected received(message: string): void {
    this.receive({ id: (JSON.parse(message) as { id: number }).id, ...callOf(message) });
  }

  /** Receives calls until it listens no more, or is told to go. */
  protected abstract receiveCalls(): Promise<void>;

  /** Ends the request by which it listens. */
  protected abstract breakOff(): void;
}

class PollingDevice extends HttpDevice {
  private poll: { destroy(): void } | undefined;

  protected async receiveCalls(): Promise<void> {
    while (this.isListening) {
      const poll = this.client.send('GET', this.path('/rpc'), { onRequest: (request) => (this.poll = request) });
      const { status, body } = await poll.catch(() => ({ status: 0, body: 'broken off' }));
      if (status === 200) this.received(body);
      else if (status !== 408) {
        if (this.isListening) this.end(`${status} ${body}`);
        return;
      }
    }
  }

  protected breakOff(): void {
    this.poll?.destroy();
  }
}

class StreamingDevice extends HttpDevice {
  private stream: { destroy(): void } | undefined;

  protected async receiveCalls(): Promise<void> {
    const onRequest = (request: { destroy(): void }): void => void (this.stream = request);
    const opened = this.client.open('GET', this.path('/rpc/stream'), { onRequest });
    const response = await opened.catch((error: unknown) => this.end(String(error)));
    if (response === undefined) return;
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const events = (text + chunk).split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        const data = /^event: rpc\ndata: (.*)$/.exec(event)?.[1];
        if (data !== undefined) this.received(data);
        else if (event !== ':') this.strays.push(event);
      }
    });
    response.on('error', () => undefined);
    response.once('close', () => {
      if (this.isListening) this.end('the stream ended');
    });
  }

  protected breakOff(): void {
    this.stream?.destroy();
  }
}
