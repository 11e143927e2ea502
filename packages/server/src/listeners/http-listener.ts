import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import type { Readiness } from '../readiness.js';
import type { BoundAddress } from './bound-address.js';
import { listenError, type ListenAttempt } from './listen-error.js';

/** The one HTTP port. It opens first and closes last, so that probes can follow start and stop. */
export class HttpListener {
  private readonly app: FastifyInstance = fastify({ logger: false, forceCloseConnections: true });

  constructor(
    private readonly attempt: ListenAttempt,
    readiness: Readiness,
  ) {
    this.app.get('/health/live', () => ({ status: 'ok' }));
    this.app.get('/health/ready', async (_request, reply) => {
      const { state } = readiness;
      await reply.code(state === 'ok' ? 200 : 503).send({ status: state });
    });
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

  async close(): Promise<void> {
    await this.app.close();
  }
}
