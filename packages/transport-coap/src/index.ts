export { CoapTransport } from './coap-transport.js';
export { DEFAULT_COAP_LIMITS, COAP_LIMIT_RANGES, type CoapLimits } from './coap-limits.js';
export type { DatagramChannel, Endpoint } from './datagram-channel.js';
