import type { FastifyInstance, FastifyReply, HTTPMethods } from 'fastify';
import { AttributesQuery } from './exchange/attributes-query.js';
import { DataMessage } from './exchange/data-message.js';
import { EventStream } from './exchange/event-stream.js';
import type { ExchangeContext } from './exchange/exchange-context.js';
import type { DeviceRequest } from './exchange/device-request.js';
import type { Exchange } from './exchange/exchange.js';
import { LongPoll } from './exchange/long-poll.js';
import { REFUSALS, refusal, type Refusal } from './exchange/refusals.js';
import { RpcReply } from './exchange/rpc-reply.js';
import { RpcRequest } from './exchange/rpc-request.js';
import { RequestGate } from './fairness/request-gate.js';
import type { HttpLimits } from './http-limits.js';
import type { HttpRouteOptions } from './http-route-options.js';

/** What a path does with a method. */
type OpenExchange = (
  ...exchange: [request: DeviceRequest, reply: FastifyReply, context: ExchangeContext, options: HttpRouteOptions]
) => Exchange;

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The device API's paths below `/api/v1/{token}`, by method. */
const PATHS: Readonly<Record<string, Partial<Record<HTTPMethods, OpenExchange>>>> = {
  '/rpc': {
    POST: (...exchange) => new RpcRequest(...exchange),
    GET: (...exchange) => new LongPoll(...exchange),
  },
  '/rpc/stream': { GET: (...exchange) => new EventStream(...exchange) },
  '/rpc/:id': { POST: (...exchange) => new RpcReply(...exchange) },
  '/telemetry': { POST: (...exchange) => new DataMessage(...exchange, 'POST_TELEMETRY') },
  '/attributes': {
    POST: (...exchange) => new DataMessage(...exchange, 'POST_ATTRIBUTES'),
    GET: (...exchange) => new AttributesQuery(...exchange),
  },
};

/** The device API as routes of a fastify instance. `context` is asked for every request: `undefined`, not started. */
export function addDeviceRoutes(
  app: FastifyInstance,
  options: HttpRouteOptions,
  { maxBodyBytes, maxPipelined }: HttpLimits,
  context: () => ExchangeContext | undefined,
): void {
  const gate = new RequestGate(2 * maxPipelined);
  app.addHook('onRequest', (request, reply, done) => gate.enter(request, reply, done));
  // A body is JSON whatever its type says: devices send what their libraries put there.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error, _request, reply) => send(reply, refusalOf(error, maxBodyBytes, context())));
  for (const [path, exchanges] of Object.entries(PATHS)) {
    const url = `/api/v1/:token${path}`;
    const [allowed, others] = partition(METHODS, (method) => exchanges[method] !== undefined);
    for (const method of allowed) {
      app.route({
        method,
        url,
        bodyLimit: maxBodyBytes,
        exposeHeadRoute: false,
        handler: (request, reply) => open(exchanges[method]!, request as DeviceRequest, reply),
      });
    }
    const notAllowed = refusal(405, `This path takes ${allowed.join(' and ')}.`);
    app.route({
      method: [...others],
      url,
      bodyLimit: maxBodyBytes,
      handler: (_request, reply) => send(reply.header('allow', allowed.join(', ')), notAllowed),
    });
  }

  function open(exchange: OpenExchange, request: DeviceRequest, reply: FastifyReply): void {
    const started = context();
    const { 'content-encoding': encoding = 'identity' } = request.headers;
    if (started === undefined) send(reply.header('retry-after', '1'), REFUSALS.notStarted);
    else if (encoding !== 'identity') send(reply, REFUSALS.encoded);
    else exchange(request, reply, started, options).run();
  }
}

function send(reply: FastifyReply, { status, body }: Refusal): void {
  void reply.code(status).header('content-type', 'application/json; charset=utf-8').send(body);
}

/** What fastify found wrong with a request before it reached its handler, or what is wrong with ours. */
function refusalOf(error: unknown, maxBodyBytes: number, context: ExchangeContext | undefined): Refusal {
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413) return refusal(413, `Invalid request: the body has more than ${maxBodyBytes} bytes`);
  if (statusCode === 415) return refusal(415, 'Invalid request: Content-Type is no media type');
  if (statusCode < 500) return refusal(statusCode, 'Invalid request: the body is not what its headers say');
  context?.host.logger.error('A request over HTTP failed', { error });
  return REFUSALS.failed;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [first: readonly T[], second: readonly T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
