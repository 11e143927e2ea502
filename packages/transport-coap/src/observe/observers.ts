import type { Delivery, DeviceSession, OutgoingRpc, SessionCloseReason } from '@device-messaging/host-api';
import { Code } from '../codec/code.js';
import { ContentFormat } from '../codec/option-number.js';
import { Response } from '../codec/response.js';
import type { CoapContext } from '../coap-context.js';
import type { Peer } from '../endpoint/peer.js';
import type { Exchange } from '../messages/exchange.js';
import { CredentialsCheck } from '../resources/credentials-check.js';
import type { ReplyListener } from '../resources/device-request.js';
import { farewell } from '../resources/farewell.js';
import { lookUp, type Visitor } from '../resources/look-up.js';
import type { Resource } from '../resources/resource.js';
import { tryLater } from '../resources/responses.js';
import { Observer, type ObserverTable } from './observer.js';

/** All observations, by endpoint and CoAP token (RFC 7641 section 4.1). */
export class Observers implements ObserverTable, ReplyListener {
  private readonly byPeer = new Map<Peer, Map<string, Observer>>();
  private count = 0;

  constructor(private readonly context: CoapContext) {}

  get size(): number {
    return this.count;
  }

  /** GET with Observe 0: a new observation, or the same one again. */
  register(exchange: Exchange, accessToken: string): void {
    const { peer, message } = exchange;
    const before = this.byPeer.get(peer)?.get(message.tokenKey);
    if (before?.accessToken === accessToken) {
      before.welcome(exchange);
      return;
    }
    if (this.isFull(peer)) exchange.respond(tooMany());
    else lookUp(this.context, exchange, accessToken, new Registration(this, exchange, accessToken));
  }

  /** GET with Observe 1. Ending what is not there is no mistake. */
  deregister(exchange: Exchange, accessToken: string): void {
    const observer = this.byPeer.get(exchange.peer)?.get(exchange.message.tokenKey);
    if (observer?.accessToken !== accessToken) {
      const check = new CredentialsCheck(exchange, () => exchange.respond(deregistered()));
      lookUp(this.context, exchange, accessToken, check);
      return;
    }
    exchange.respond(deregistered());
    observer.end();
  }

  /** The host knows the device. */
  begin(exchange: Exchange, accessToken: string, session: DeviceSession): Observer | undefined {
    const { peer, message } = exchange;
    const before = this.byPeer.get(peer)?.get(message.tokenKey);
    if (before?.accessToken === accessToken) {
      // Another registration, the look-up of which was faster.
      session.close();
      before.welcome(exchange);
      return undefined;
    }
    // The token stands for something else from now on.
    before?.end();
    if (this.isFull(peer)) {
      exchange.respond(tooMany());
      session.close();
      return undefined;
    }
    const observer = new Observer(this.context, this, exchange, accessToken, session);
    const byToken = this.byPeer.get(peer);
    if (byToken === undefined) this.byPeer.set(peer, new Map([[observer.tokenKey, observer]]));
    else byToken.set(observer.tokenKey, observer);
    this.count += 1;
    observer.welcome(exchange);
    return observer;
  }

  onReply(peer: Peer, { accessToken, rpcId }: Resource): void {
    // When nothing is outstanding, as mostly, the acknowledgement came before the reply.
    if (peer.outstanding.size === 0) return;
    for (const observer of [...(this.byPeer.get(peer)?.values() ?? [])]) observer.replied(accessToken, rpcId);
  }

  forget(observer: Observer): void {
    const byToken = this.byPeer.get(observer.peer);
    if (byToken?.get(observer.tokenKey) !== observer) return;
    byToken.delete(observer.tokenKey);
    this.count -= 1;
    if (byToken.size === 0) this.byPeer.delete(observer.peer);
  }

  private isFull(peer: Peer): boolean {
    const { maxObservers, maxObserversPerEndpoint } = this.context.limits;
    return this.count >= maxObservers || (this.byPeer.get(peer)?.size ?? 0) >= maxObserversPerEndpoint;
  }

  /** The transport stops. */
  close(): void {
    for (const byToken of [...this.byPeer.values()]) {
      for (const observer of [...byToken.values()]) observer.dismiss('HOST_STOPPING');
    }
  }
}

function tooMany(): Response {
  return tryLater(Code.SERVICE_UNAVAILABLE, 'There are too many observers');
}

function deregistered(): Response {
  return new Response(Code.CONTENT, undefined, ContentFormat.JSON);
}

/** The session of an observation, before and after it began. */
class Registration implements Visitor {
  private observer: Observer | undefined;

  constructor(
    private readonly observers: Observers,
    private readonly exchange: Exchange,
    private readonly accessToken: string,
  ) {}

  opened(session: DeviceSession): void {
    this.observer = this.observers.begin(this.exchange, this.accessToken, session);
    this.observer?.listen();
  }

  deliver(call: OutgoingRpc): Delivery {
    return this.observer?.deliver(call) ?? 'busy';
  }

  /** An observation does not ask. */
  answer(): 'sent' {
    return 'sent';
  }

  close(reason: SessionCloseReason): void {
    if (this.observer === undefined) this.exchange.respond(farewell(reason));
    else this.observer.dismiss(reason);
  }
}
