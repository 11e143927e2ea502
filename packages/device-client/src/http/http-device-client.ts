import { text } from 'node:stream/consumers';
import { readCall } from '../call-text.js';
import { patienceOf, type ConnectOptions, type Patience } from '../connect-options.js';
import { connectionFailure } from '../connection-failure.js';
import { DeviceClientError } from '../device-client-error.js';
import type { DeviceClient, ReceivedCall } from '../device-client.js';
import { Ending } from '../ending.js';
import { PollListening, StreamListening, type HttpListening } from './http-listening.js';
import { HttpRequests } from './http-requests.js';
import { refusalOf } from './refusal.js';

interface Response {
  readonly status: number;
  readonly body: string;
}

/** A device over HTTP or HTTPS. Nothing is sent before it is asked to do something. */
export class HttpDeviceClient implements DeviceClient {
  private readonly ending = new Ending();
  private readonly requests: HttpRequests;
  private readonly patience: Patience;
  private listening: HttpListening | undefined;
  private onCall: ((call: ReceivedCall) => void) | undefined;

  constructor(
    url: URL,
    token: string,
    private readonly options: ConnectOptions,
  ) {
    this.requests = new HttpRequests(url, token, options);
    this.patience = patienceOf(options);
  }

  get closed(): Promise<DeviceClientError> {
    return this.ending.closed;
  }

  async request(payload: string | Uint8Array): Promise<string> {
    const { status, body } = await this.post('/rpc', payload);
    // A malformed request is an error of the device API like any other; a 400 of something in between is not.
    if (status === 200 || (status === 400 && body.startsWith('{"error":'))) return body;
    throw refusalOf(this.requests.where, status, body);
  }

  call(method: string, params?: unknown): Promise<string> {
    return this.request(JSON.stringify({ method, params }));
  }

  async listen(onCall: (call: ReceivedCall) => void): Promise<void> {
    if (this.ending.reason !== undefined) throw this.ending.reason;
    this.onCall = onCall;
    if (this.listening !== undefined) return;
    const listener = {
      called: (message: string) => this.called(message),
      ended: (reason: DeviceClientError) => this.end(reason),
    };
    const Listening = this.options.httpListening === 'poll' ? PollListening : StreamListening;
    const listening = new Listening(this.requests, listener);
    this.listening = listening;
    try {
      await listening.start();
    } catch (error) {
      listening.stop();
      if (this.listening === listening) this.listening = undefined;
      throw this.ending.reason ?? connectionFailure(this.requests.where, error as Error);
    }
  }

  unlisten(): Promise<void> {
    this.onCall = undefined;
    this.listening?.stop();
    this.listening = undefined;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.unlisten();
    this.end(new DeviceClientError('closed', 'This device closed its connection.'));
  }

  private end(reason: DeviceClientError): void {
    this.ending.end(reason);
    this.listening?.stop();
    this.requests.close();
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
    const { status, body } = await this.post(`/rpc/${encodeURIComponent(id)}`, payload);
    if (status === 200 || status === 404) return status === 200;
    throw refusalOf(this.requests.where, status, body);
  }

  private post(path: string, body: string | Uint8Array): Promise<Response> {
    return this.ending.wait(this.patience.answerTimeoutMs, 'The server did not answer', (resolve, reject) => {
      const { response, abort } = this.requests.open('POST', path, { body });
      response
        .then(async (message) => resolve({ status: message.statusCode ?? 0, body: await text(message) }))
        .catch((error: unknown) => reject(connectionFailure(this.requests.where, error as Error)));
      return abort;
    });
  }
}
