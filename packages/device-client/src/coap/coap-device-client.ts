import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import type { ParsedPacket } from 'coap-packet';
import { readCall } from '../call-text.js';
import { patienceOf, type ConnectOptions } from '../connect-options.js';
import { connectionFailure } from '../connection-failure.js';
import { DeviceClientError } from '../device-client-error.js';
import type { DeviceClient, ReceivedCall } from '../device-client.js';
import { Ending } from '../ending.js';
import { CoapRequests, type Target } from './coap-requests.js';
import { MessageLayer, type CoapTimers } from './message-layer.js';
import { Observation } from './observation.js';
import { refusalOf } from './refusal.js';

const COAP_PORT = 5683;

/** What telling the server that nobody observes any more may take, ms. */
const GOODBYE_MS = 1_000;

const systemTimers: CoapTimers = {
  now: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A device over CoAP on UDP. Nothing is sent before it is asked to do something. */
export class CoapDeviceClient implements DeviceClient {
  private readonly ending = new Ending();
  private readonly requests: CoapRequests;
  private readonly layer: MessageLayer;
  private readonly where: string;
  private observation: Observation | undefined;
  private goodbye: Promise<void> = Promise.resolve();
  private onCall: ((call: ReceivedCall) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    url: URL,
    private readonly token: string,
    options: ConnectOptions,
  ) {
    const { timeoutMs, answerTimeoutMs } = patienceOf(options);
    this.where = url.host;
    const observer = {
      wants: (response: ParsedPacket) => this.observation?.wants(response) === true,
      ignores: (response: ParsedPacket) => this.observation?.ignores(response) === true,
      take: (response: ParsedPacket) => this.observation?.take(response),
    };
    this.requests = new CoapRequests(this.ending, answerTimeoutMs, observer);
    const link = { send: (datagram: Buffer) => this.send(datagram) };
    this.layer = new MessageLayer(link, systemTimers, timeoutMs, this.requests);
    this.requests.use(this.layer);
    socket.on('message', (datagram) => this.layer.received(datagram));
    // Above all: nobody listens on that port (ICMP).
    socket.on('error', (error) => this.end(connectionFailure(this.where, error)));
  }

  static async connect(url: URL, token: string, options: ConnectOptions): Promise<CoapDeviceClient> {
    try {
      const { address, family } = await lookup(url.hostname.replace(/^\[|\]$/g, ''));
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      // From now on the system drops what comes from anywhere else.
      socket.connect(url.port === '' ? COAP_PORT : Number(url.port), address);
      await once(socket, 'connect');
      return new CoapDeviceClient(socket, url, token, options);
    } catch (error) {
      throw connectionFailure(url.host, error as Error);
    }
  }

  get closed(): Promise<DeviceClientError> {
    return this.ending.closed;
  }

  async request(payload: string | Uint8Array): Promise<string> {
    const response = await this.requests.request(this.target('POST'), Buffer.from(payload));
    const text = response.payload.toString();
    // A malformed request is an error of the device API like any other.
    if (response.code === '2.05' || (response.code === '4.00' && text.startsWith('{"error":'))) return text;
    throw refusalOf(this.where, response);
  }

  call(method: string, params?: unknown): Promise<string> {
    return this.request(JSON.stringify({ method, params }));
  }

  async listen(onCall: (call: ReceivedCall) => void): Promise<void> {
    await this.goodbye;
    this.onCall = onCall;
    if (this.observation !== undefined) return;
    const listener = {
      called: (message: string) => this.called(message),
      ended: (reason: DeviceClientError) => this.end(reason),
    };
    const refusal = (response: ParsedPacket): DeviceClientError => refusalOf(this.where, response);
    const observation = new Observation(this.requests, this.target('GET'), systemTimers, listener, refusal);
    this.observation = observation;
    try {
      await observation.start();
    } catch (error) {
      observation.over();
      if (this.observation === observation) this.observation = undefined;
      throw error;
    }
  }

  async unlisten(): Promise<void> {
    const { observation } = this;
    if (observation === undefined) return;
    const stopped = observation.stop().finally(() => {
      if (this.observation === observation) this.observation = undefined;
    });
    // Whoever listens again waits for it; its outcome is for whoever ends listening.
    this.goodbye = stopped.catch(() => undefined);
    await stopped;
  }

  async close(): Promise<void> {
    if (this.ending.reason === undefined) {
      // A server that does not answer finds out by itself.
      const goodbye = this.unlisten().catch(() => undefined);
      let patience: NodeJS.Timeout | undefined;
      await Promise.race([goodbye, new Promise((resolve) => (patience = setTimeout(resolve, GOODBYE_MS)))]);
      clearTimeout(patience);
    }
    this.end(new DeviceClientError('closed', 'This device closed its connection.'));
  }

  private end(reason: DeviceClientError): void {
    if (this.ending.reason !== undefined) return;
    this.observation?.over();
    this.layer.close();
    this.ending.end(reason);
    this.socket.close();
  }

  private send(datagram: Buffer): void {
    this.socket.send(datagram, (error) => {
      if (error !== null) this.end(connectionFailure(this.where, error));
    });
  }

  private called(message: string): void {
    let call: ReceivedCall;
    try {
      const { id, method, params } = readCall(message);
      if (id === undefined) throw new DeviceClientError('unexpected', 'The server sent a call without an id.');
      call = { id, method, params, reply: (payload) => this.reply(id, payload) };
    } catch (error) {
      this.end(error as DeviceClientError);
      return;
    }
    this.onCall?.(call);
  }

  private async reply(id: string, payload: string | Uint8Array): Promise<boolean> {
    const response = await this.requests.request(this.target('POST', id), Buffer.from(payload));
    if (response.code === '2.04' || response.code === '4.04') return response.code === '2.04';
    throw refusalOf(this.where, response);
  }

  private target(method: Target['method'], ...id: readonly string[]): Target {
    return { method, path: ['api', 'v1', this.token, 'rpc', ...id] };
  }
}
