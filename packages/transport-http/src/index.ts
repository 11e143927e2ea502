export { HttpTransport } from './http-transport.js';
export { DEFAULT_HTTP_LIMITS, HTTP_LIMIT_RANGES, type HttpLimits } from './http-limits.js';
export type { HttpRouteOptions } from './http-route-options.js';
