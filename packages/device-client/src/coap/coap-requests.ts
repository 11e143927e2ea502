import { randomBytes } from 'node:crypto';
import type { NamedOption, ParsedPacket } from 'coap-packet';
import { DeviceClientError } from '../device-client-error.js';
import type { Ending } from '../ending.js';
import { blockOf, blockOption, optionOf, pathOptions } from './coap-options.js';
import type { MessageLayer, ResponseUser } from './message-layer.js';

/** The largest block there is, bytes (RFC 7959 section 2.2). */
const BLOCK_BYTES = 1_024;

/** The largest answer or call that is put together out of blocks, bytes. */
const MAX_BYTES = 64 * 1_024 * 1_024;

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
  private uploads: Promise<unknown> = Promise.resolve();

  private layer: MessageLayer | undefined;

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
    const response =
      bytes.length <= BLOCK_BYTES ? await this.exchange(target, [], bytes) : await this.uploadInTurn(target, bytes);
    return this.download(target, response);
  }

  /** One request and its response, of one block each. */
  exchange(
    { method, path }: Target,
    options: readonly NamedOption[],
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
  async download(target: Target, first: ParsedPacket): Promise<ParsedPacket> {
    let block = blockOf(first, 'Block2');
    if (block === undefined || (block.number === 0 && !block.isMore)) return first;
    const blocks = [first.payload];
    let offset = first.payload.length;
    while (block.isMore) {
      const { size } = block;
      const option = blockOption('Block2', { number: offset / size, isMore: false, size });
      const next: ParsedPacket = await this.exchange(target, [option]);
      block = blockOf(next, 'Block2');
      if (
        next.code !== first.code ||
        block === undefined ||
        block.number * block.size !== offset ||
        isOther(first, next)
      )
        throw new DeviceClientError('unexpected', 'The message changed while it was fetched block by block.');
      blocks.push(next.payload);
      offset += next.payload.length;
      if (offset > MAX_BYTES) throw new DeviceClientError('too-large', `A message has more than ${MAX_BYTES} bytes.`);
      if (block.isMore && (next.payload.length === 0 || offset % block.size !== 0))
        throw new DeviceClientError('unexpected', 'A block of a message has not the size that it says.');
    }
    return { ...first, payload: Buffer.concat(blocks) };
  }

  /** One upload at a time: a server tells those of one device apart by their path alone (RFC 7959 section 2.5). */
  private uploadInTurn(target: Target, payload: Buffer): Promise<ParsedPacket> {
    const upload = this.uploads.then(() => this.upload(target, payload));
    // The next one begins whatever became of this one; its own caller hears of it.
    this.uploads = upload.catch(() => undefined);
    return upload;
  }

  private async upload(target: Target, payload: Buffer): Promise<ParsedPacket> {
    let size = BLOCK_BYTES;
    let offset = 0;
    for (;;) {
      const isMore = offset + size < payload.length;
      const option = blockOption('Block1', { number: offset / size, isMore, size });
      const response = await this.exchange(target, [option], payload.subarray(offset, offset + size));
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
