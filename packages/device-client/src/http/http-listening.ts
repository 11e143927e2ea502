import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as setTimeoutAsync } from 'node:timers/promises';
import { connectionFailure } from '../connection-failure.js';
import { DeviceClientError } from '../device-client-error.js';
import { EventStreamReader } from './event-stream-reader.js';
import type { HttpRequests, OpenRequest } from './http-requests.js';
import { refusalOf } from './refusal.js';

/** How a device receives calls over HTTP, from `start` to `stop`. */
export interface HttpListening {
  /** Done when the server has it, as far as it tells. Rejects when it does not get that far. */
  start(): Promise<void>;
  stop(): void;
}

/** What becomes of what is received. */
export interface HttpListener {
  /** The message of a call. */
  called(message: string): void;
  /** It listens no longer, through no doing of this side. */
  ended(reason: DeviceClientError): void;
}

/** How long listening waits before it takes something for a fault, ms. */
export interface ListeningTimes {
  /** The server says something every 15 s: silence for this long means that it is gone. */
  readonly silenceMs: number;
  /** What a poll asks for: what proxies commonly let pass. */
  readonly pollMs: number;
  /** How much later than that its answer may come. */
  readonly pollGraceMs: number;
  /** Before the next poll when one was over at once: no server of ours does that, but what stands in between may. */
  readonly pauseMs: number;
}

export const LISTENING_TIMES: ListeningTimes = { silenceMs: 60_000, pollMs: 55_000, pollGraceMs: 15_000, pauseMs: 500 };

/** Server-sent events: one response for as long as the device listens. */
export class StreamListening implements HttpListening {
  private open: OpenRequest | undefined;
  private silence: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    private readonly requests: HttpRequests,
    private readonly listener: HttpListener,
    private readonly times: ListeningTimes = LISTENING_TIMES,
  ) {}

  async start(): Promise<void> {
    this.open = this.requests.open('GET', '/rpc/stream', { accept: 'text/event-stream' });
    const response = await this.open.response;
    const { statusCode = 0, headers } = response;
    if (statusCode !== 200 || headers['content-type']?.startsWith('text/event-stream') !== true)
      throw refusalOf(this.requests.where, statusCode, await text(response));
    this.receive(response);
  }

  stop(): void {
    this.isOver = true;
    clearTimeout(this.silence);
    this.open?.abort();
  }

  private receive(response: IncomingMessage): void {
    const { where } = this.requests;
    const { silenceMs } = this.times;
    const reader = new EventStreamReader((type, data) => {
      if (type === 'rpc' && !this.isOver) this.listener.called(data);
    });
    this.silence = setTimeout(() => {
      this.lost(new DeviceClientError('lost', `Nothing was heard of the server at ${where} for ${silenceMs} ms.`));
    }, silenceMs);
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.silence?.refresh();
      reader.read(chunk);
    });
    response.on('error', (error) => this.lost(connectionFailure(where, error)));
    response.once('close', () => this.lost(new DeviceClientError('lost', `The server at ${where} ended the stream.`)));
  }

  private lost(reason: DeviceClientError): void {
    if (this.isOver) return;
    this.stop();
    this.listener.ended(reason);
  }
}

/** Long polling: one request after the other. */
export class PollListening implements HttpListening {
  private open: OpenRequest | undefined;
  /** Whether the last poll brought a call. */
  private hasCome = false;
  private isOver = false;

  constructor(
    private readonly requests: HttpRequests,
    private readonly listener: HttpListener,
    private readonly times: ListeningTimes = LISTENING_TIMES,
  ) {}

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      let isSent = false;
      const sent = (): void => {
        isSent = true;
        resolve();
      };
      this.poll(sent).catch((error: unknown) => {
        const reason = connectionFailure(this.requests.where, error as Error);
        if (!isSent) reject(reason);
        else if (!this.isOver) this.listener.ended(reason);
      });
    });
  }

  stop(): void {
    this.isOver = true;
    this.open?.abort();
  }

  private async poll(onSent: () => void): Promise<void> {
    const { pollMs, pollGraceMs, pauseMs } = this.times;
    while (!this.isOver) {
      const open = this.requests.open('GET', `/rpc?timeout=${pollMs}`, { onSent });
      this.open = open;
      const start = performance.now();
      const patience = setTimeout(() => open.abort(), pollMs + pollGraceMs);
      try {
        await this.take(await open.response);
      } finally {
        clearTimeout(patience);
      }
      if (performance.now() - start < pauseMs && !this.hasCome) await setTimeoutAsync(pauseMs);
    }
  }

  private async take(response: IncomingMessage): Promise<void> {
    const message = await text(response);
    const { statusCode = 0 } = response;
    if (statusCode !== 200 && statusCode !== 408) throw refusalOf(this.requests.where, statusCode, message);
    this.hasCome = statusCode === 200;
    if (this.hasCome && !this.isOver) this.listener.called(message);
  }
}
