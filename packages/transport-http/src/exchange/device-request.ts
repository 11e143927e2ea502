import type { FastifyRequest } from 'fastify';

/** What the routes read of a request. */
export type DeviceRequest = FastifyRequest<{
  Params: { readonly token: string; readonly id?: string };
  Querystring: { readonly timeout?: string | readonly string[] };
}>;
