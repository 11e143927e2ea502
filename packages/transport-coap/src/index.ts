export { CoapTransport } from './coap-transport.js';
export { DEFAULT_COAP_LIMITS, type CoapLimits } from './coap-limits.js';
export type { DatagramChannel, Endpoint } from './datagram-channel.js';
