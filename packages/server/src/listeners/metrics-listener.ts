import type { AddressInfo } from 'node:net';
import type { Logger } from '@device-messaging/plugin-api';
import { fastify, type FastifyInstance } from 'fastify';
import type { MetricsPage } from '../metrics/metrics-page.js';
import type { BoundAddress } from './bound-address.js';
import { refuseClient, refuseTheRest, sendRefusal } from './http-refusals.js';
import { listenError, type ListenAttempt } from './listen-error.js';
import { addMetricsRoute } from './metrics-route.js';

/** Ms that a scraper may take for its request. */
const REQUEST_TIMEOUT_MS = 10_000;

/** The port that metrics have to themselves. */
export class MetricsListener {
  private readonly app: FastifyInstance;

  constructor(
    private readonly attempt: ListenAttempt,
    page: MetricsPage,
    logger: Logger,
  ) {
    this.app = fastify({
      logger: false,
      forceCloseConnections: true,
      exposeHeadRoutes: false,
      http: { headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
      frameworkErrors: (error, _request, reply) => sendRefusal(reply, error.statusCode ?? 400),
      clientErrorHandler: refuseClient,
    });
    refuseTheRest(this.app, logger);
    addMetricsRoute(this.app, page);
  }

  /** @throws StartError saying why not, and what to do. */
  async listen(): Promise<BoundAddress> {
    const { bindAddress, bindPort } = this.attempt;
    try {
      await this.app.listen({ host: bindAddress, port: bindPort });
    } catch (error) {
      throw listenError(this.attempt, error);
    }
    const { address, port } = this.app.server.address() as AddressInfo;
    return { address, port };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
