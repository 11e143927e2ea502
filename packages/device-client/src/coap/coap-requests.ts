import { randomBytes } from 'node:crypto';
import type { Option, ParsedPacket } from 'coap-packet';
import { DeviceClientError } from '../device-client-error.js';
import type { Ending } from '../ending.js';
import { blockOf, blockOption, optionOf, pathOptions, type Block } from './coap-options.js';
import type { MessageLayer, ResponseUser } from './message-layer.js';

/** The largest block there is, bytes (RFC 7959 section 2.2). */
const BLOCK_BYTES = 1_024;

/** The largest answer or call that is put together out of blocks, bytes. */
const MAX_BYTES = 64 * 1_024 * 1_024;

/** Request-Tag (RFC 9175 section 3.2), which coap-packet knows no name for. */
const REQUEST_TAG = 292;

const NOTHING = Buffer.alloc(0);

/** One request's method and path. */
export interface Target {
  readonly method: 'GET' | 'POST';
  readonly path: readonly string[];
}

/** What takes the responses that no request waits for. */
export interface Observer extends ResponseUser {
  /** Whether the response is for something that was given up, so that the server must hear that nobody has it. */
  ignores(response: ParsedPacket): boolean;
}

/** Requests and their responses, whole, however many blocks they take (RFC 7252 section 5, RFC 7959). */
export class CoapRequests implements ResponseUser {
  private readonly waiting = new Map<string, (response: ParsedPacket) => void>();

  private layer: MessageLayer | undefined;
  private uploading = Promise.resolve();

  constructor(
    private readonly ending: Ending,
    private readonly answerTimeoutMs: number,
    private readonly observer: Observer,
  ) {}

  /** What carries the requests; called once, before the first. */
  use(layer: MessageLayer): void {
    this.layer = layer;
  }

  wants(response: ParsedPacket): boolean {
    if (this.observer.ignores(response)) return false;
    return this.observer.wants(response) || this.waiting.has(tokenOf(response));
  }

  take(response: ParsedPacket): void {
    if (this.observer.wants(response)) this.observer.take(response);
    else this.waiting.get(tokenOf(response))?.(response);
  }

  /** The whole response to a request with any payload. */
  async request(target: Target, payload: Uint8Array): Promise<ParsedPacket> {
    const bytes = Buffer.from(payload);
    const token = randomBytes(8);
    const response =
      bytes.length <= BLOCK_BYTES
        ? await this.exchange(target, [], bytes, token)
        : await this.upload(target, bytes, token);
    // The same token again: by it a server tells apart what answers several requests to one path.
    return this.download(target, response, token);
  }

  /** One request and its response, of one block each. */
  exchange(
    { method, path }: Target,
    options: readonly Option[],
    payload: Buffer = NOTHING,
    token: Buffer = randomBytes(8),
  ): Promise<ParsedPacket> {
    const key = token.toString('hex');
    return this.ending.wait(this.answerTimeoutMs, 'The server did not answer', (resolve, reject) => {
      this.waiting.set(key, resolve);
      const packet = { code: method, token, options: [...pathOptions(path), ...options], payload };
      const stop = this.layer?.send(packet, reject);
      return () => {
        this.waiting.delete(key);
        stop?.();
      };
    });
  }

  /** Fetches what follows the first block of a response (RFC 7959 section 2.4). */
  async download(target: Target, first: ParsedPacket, token = randomBytes(8)): Promise<ParsedPacket> {
    let block = blockOf(first, 'Block2');
    if (block === undefined) return first;
    const blocks = [first.payload];
    let bytes = first.payload.length;
    if (block.number !== 0) throw notWhole();
    while (block.isMore) {
      const { size }: Block = block;
      if (bytes === 0 || bytes % size !== 0) throw notWhole();
      const option = blockOption('Block2', { number: bytes / size, isMore: false, size });
      const next = await this.exchange(target, [option], NOTHING, token);
      const answered = blockOf(next, 'Block2');
      const goesOn = answered !== undefined && answered.number * answered.size === bytes;
      if (next.code !== first.code || isOther(first, next) || !goesOn) throw notWhole();
      block = answered;
      blocks.push(next.payload);
      bytes += next.payload.length;
      if (bytes > MAX_BYTES) throw new DeviceClientError('too-large', `A message has more than ${MAX_BYTES} bytes.`);
    }
    return { ...first, payload: Buffer.concat(blocks) };
  }

  /** Bodies go up one at a time, though their answers are waited for together: servers bound what they put together. */
  private async upload(target: Target, payload: Buffer, token: Buffer): Promise<ParsedPacket> {
    const before = this.uploading;
    let next!: () => void;
    this.uploading = new Promise((resolve) => (next = resolve));
    await before;
    try {
      return await this.sendBlocks(target, payload, token, next);
    } finally {
      next();
    }
  }

  private async sendBlocks(target: Target, payload: Buffer, token: Buffer, onLast: () => void): Promise<ParsedPacket> {
    // By it a server tells apart what comes in blocks to one path at once (RFC 9175 section 3).
    const requestTag = { name: REQUEST_TAG, value: token };
    let size = BLOCK_BYTES;
    let offset = 0;
    for (;;) {
      const isMore = offset + size < payload.length;
      if (!isMore) onLast();
      const options = [blockOption('Block1', { number: offset / size, isMore, size }), requestTag];
      const response = await this.exchange(target, options, payload.subarray(offset, offset + size), token);
      const wanted = blockOf(response, 'Block1')?.size ?? size;
      const isContinue = response.code === '2.31' && isMore;
      // 4.13 with a smaller size: from the start again, in smaller blocks (RFC 7959 section 2.9.3).
      const isSmaller = response.code === '4.13' && wanted < size;
      if (!isContinue && !isSmaller) return response;
      offset = isContinue ? offset + size : 0;
      size = Math.min(size, wanted);
    }
  }
}

function tokenOf({ token }: ParsedPacket): string {
  return token.toString('hex');
}

/** Whether two blocks say that they are of different messages. */
function isOther(one: ParsedPacket, other: ParsedPacket): boolean {
  return !(optionOf(one, 'ETag') ?? NOTHING).equals(optionOf(other, 'ETag') ?? NOTHING);
}

function notWhole(): DeviceClientError {
  return new DeviceClientError('unexpected', 'A message that came in blocks does not hold together.');
}
