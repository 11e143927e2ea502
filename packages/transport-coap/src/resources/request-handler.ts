import { RESERVED_SZX, hasMore, numOf, szxOf } from '../codec/block.js';
import { Code } from '../codec/code.js';
import { ContentFormat } from '../codec/option-number.js';
import { ABSENT, Response } from '../codec/response.js';
import type { CoapContext } from '../coap-context.js';
import type { Exchange } from '../messages/exchange.js';
import type { Observers } from '../observe/observers.js';
import { isBlockSized, type UploadProgress } from '../blocks/uploads.js';
import { CredentialsCheck } from './credentials-check.js';
import { coreLinks } from './core-links.js';
import { DeviceRequest } from './device-request.js';
import { lookUp } from './look-up.js';
import { readResource, type Resource } from './resource.js';
import { invalidRequest, refusal, tooLarge, tryLater } from './responses.js';

/** Observe in a request (RFC 7641 section 2). */
const REGISTER = 0;
const DEREGISTER = 1;

/** What each request is about, and who does it. */
export class RequestHandler {
  constructor(
    private readonly context: CoapContext,
    private readonly observers: Observers,
  ) {}

  handle(exchange: Exchange): void {
    const { message } = exchange;
    // Section 5.4.1: a non-confirmable message with such an option is rejected, which needs no word.
    if (message.hasBadOption && !message.isConfirmable) {
      exchange.drop();
      return;
    }
    const resource = readResource(message);
    const problem = this.formalProblem(exchange) ?? this.problem(exchange, resource);
    if (problem !== undefined) exchange.respond(problem);
    else if (resource!.kind === 'core') exchange.respond(coreLinks());
    else if (message.block2 !== ABSENT && numOf(message.block2) > 0) this.fetch(exchange);
    else if (message.code === Code.POST) this.post(exchange, resource!);
    else this.get(exchange, resource!);
  }

  /** What is wrong with the message as such, and with how much there is to do. */
  private formalProblem({ message, peer }: Exchange): Response | undefined {
    const { maxOpen, maxOpenPerEndpoint } = this.context.limits;
    if (message.hasBadOption) return refusal(Code.BAD_OPTION, 'An option is unknown, repeated or of a wrong length');
    if (message.hasProxyOption) return refusal(Code.PROXYING_NOT_SUPPORTED, 'This server is no proxy');
    if (szxOf(message.block1) === RESERVED_SZX && message.block1 !== ABSENT) return invalidRequest('Block1 has SZX 7');
    if (szxOf(message.block2) === RESERVED_SZX && message.block2 !== ABSENT) return invalidRequest('Block2 has SZX 7');
    // The exchange itself is counted already.
    if (peer.openExchanges > maxOpenPerEndpoint) {
      return tryLater(Code.TOO_MANY_REQUESTS, 'Too many requests of this endpoint wait for their answers');
    }
    if (this.context.exchanges.size <= maxOpen) return undefined;
    return tryLater(Code.SERVICE_UNAVAILABLE, 'Too many requests wait for their answers');
  }

  /** What is wrong with what is asked. */
  private problem({ message }: Exchange, resource: Resource | undefined): Response | undefined {
    if (resource === undefined) return refusal(Code.NOT_FOUND, 'There is nothing at this path');
    const { kind } = resource;
    const isGet = message.code === Code.GET;
    const hasGet = kind === 'core' || kind === 'rpc' || kind === 'attributes';
    if (isGet ? !hasGet : message.code !== Code.POST || kind === 'core') {
      return refusal(Code.METHOD_NOT_ALLOWED, 'This path does not take this method');
    }
    const format = kind === 'core' ? ContentFormat.LINK_FORMAT : isGet || kind === 'rpc' ? ContentFormat.JSON : ABSENT;
    if (message.accept !== ABSENT && format !== ABSENT && message.accept !== format) {
      return refusal(Code.NOT_ACCEPTABLE, `The answer has Content-Format ${format}`);
    }
    return undefined;
  }

  /** A further block of an answer or of a call (RFC 7959 section 2.4). */
  private fetch(exchange: Exchange): void {
    const { message, peer } = exchange;
    const { downloads } = this.context;
    const download = downloads.find(peer, message.targetKey, message.tokenKey, message.block2);
    if (download === undefined) {
      exchange.respond(refusal(Code.REQUEST_ENTITY_INCOMPLETE, 'This body is not kept any more'));
      return;
    }
    const part = downloads.cut(download, message.block2);
    if (part === undefined) {
      exchange.respond(invalidRequest('Block2 lies behind the end'));
      return;
    }
    peer.isVerified = true;
    exchange.send(part.response, part.from, part.to);
    downloads.fetched(download, part.from, part.to);
  }

  private get(exchange: Exchange, resource: Resource): void {
    const { observe } = exchange.message;
    if (resource.kind === 'rpc' && observe === DEREGISTER) {
      this.observers.deregister(exchange, resource.accessToken);
    } else if (resource.kind === 'rpc' && observe !== REGISTER) {
      exchange.respond(invalidRequest('GET needs the option Observe: 0 to be handed calls, 1 to end that'));
    } else if (this.context.isDraining) {
      exchange.respond(tryLater(Code.SERVICE_UNAVAILABLE, 'The server stops'));
    } else if (resource.kind === 'rpc') {
      this.observers.register(exchange, resource.accessToken);
    } else {
      this.visit(exchange, resource, undefined);
    }
  }

  private post(exchange: Exchange, resource: Resource): void {
    const { message } = exchange;
    // Replies to calls under way are taken to the end.
    if (this.context.isDraining && resource.kind !== 'call') {
      exchange.respond(tryLater(Code.SERVICE_UNAVAILABLE, 'The server stops'));
    } else if (message.block1 === ABSENT || (numOf(message.block1) === 0 && !hasMore(message.block1))) {
      this.visit(exchange, resource, message.payload);
    } else {
      this.upload(exchange, resource);
    }
  }

  private visit(exchange: Exchange, resource: Resource, payload: Buffer | undefined): void {
    const request = new DeviceRequest(this.context, exchange, resource, payload, this.observers);
    lookUp(this.context, exchange, resource.accessToken, request);
  }

  /** One block of a body (RFC 7959 section 2.5). */
  private upload(exchange: Exchange, resource: Resource): void {
    const { message, peer } = exchange;
    const { uploads, limits } = this.context;
    const { block1, payload } = message;
    const key = message.targetKey + message.requestTag;
    if (!isBlockSized(block1, payload)) exchange.respond(invalidRequest('the block has not the size that Block1 says'));
    else if (numOf(block1) > 0) this.uploaded(exchange, resource, uploads.goOn(peer, key, block1, payload));
    else {
      // The memory is for devices alone.
      const take = (): void => {
        const progress = message.size1 > limits.maxBodyBytes ? 'too-large' : uploads.begin(peer, key, payload);
        this.uploaded(exchange, resource, progress);
      };
      lookUp(this.context, exchange, resource.accessToken, new CredentialsCheck(exchange, take));
    }
  }

  private uploaded(exchange: Exchange, resource: Resource, progress: UploadProgress): void {
    if (progress === 'continue') exchange.respond(new Response(Code.CONTINUE));
    else if (progress === 'too-large') exchange.respond(tooLarge(this.context.limits.maxBodyBytes));
    else if (progress === 'incomplete') {
      exchange.respond(refusal(Code.REQUEST_ENTITY_INCOMPLETE, 'Blocks before this one are missing'));
    } else this.visit(exchange, resource, progress);
  }
}
