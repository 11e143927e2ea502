import { Roster, type Transport, type TransportHost } from '@device-messaging/host-api';
import type { FastifyPluginCallback } from 'fastify';
import { addDeviceRoutes } from './device-routes.js';
import type { ExchangeContext, OpenExchange } from './exchange/exchange-context.js';
import { readLimits, type HttpLimits } from './http-limits.js';
import type { HttpRouteOptions } from './http-route-options.js';

/**
 * The device API over HTTP: calls, long polls and server-sent events. It owns no listening socket: whoever does
 * registers {@link HttpTransport.routes} with every fastify instance that devices reach.
 */
export class HttpTransport implements Transport {
  readonly name = 'http';

  private readonly limits: HttpLimits;
  private readonly open = new Roster<OpenExchange>();
  private context: (ExchangeContext & { isDraining: boolean }) | undefined;

  /** @throws RangeError naming the limit that is unknown or out of its range. */
  constructor(limits?: Partial<HttpLimits>) {
    this.limits = readLimits(limits);
  }

  /** Requests whose response is owed, polls and streams included. */
  get openCount(): number {
    return this.open.size;
  }

  /** Polls and streams that can be handed a call. */
  get listeningCount(): number {
    return this.context?.listeningCount ?? 0;
  }

  /** The paths below `/api/v1`, for any number of fastify instances. Until the host has started they answer 503. */
  readonly routes: FastifyPluginCallback<HttpRouteOptions> = (app, options, done) => {
    addDeviceRoutes(app, options, this.limits, () => this.context);
    done();
  };

  start(host: TransportHost): void {
    if (this.context !== undefined) throw new Error('An HTTP transport is started once; make another for another host');
    const { limits, open } = this;
    this.context = { host, limits, open, listeningCount: 0, isDraining: false };
  }

  /** From now on everything but replies to calls is 503; answers and calls still flow. */
  drain(): void {
    if (this.context !== undefined) this.context.isDraining = true;
  }

  /** Ends polls, streams and requests that are still open with 503. The connections are their listener's affair. */
  stop(): void {
    this.drain();
    for (const exchange of this.open) exchange.close('HOST_STOPPING');
  }
}
