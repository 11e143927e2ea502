export { CoapTransport } from './coap-transport.js';
export type { DatagramChannel, Endpoint } from './datagram-channel.js';
