import { connectDevice, type ConnectOptions, type DeviceClient } from '@device-messaging/device-client';
import type { ServerProcess } from './server-process.js';

/** A way for a device to be connected, with its own words for what it cannot take. */
export interface TransportKind {
  readonly name: string;
  /** How it tells that a request has more bytes than the server takes: 413, 4.13, or the end of the connection. */
  readonly tooLarge: readonly string[];
  connect(server: ServerProcess, token: string): Promise<DeviceClient>;
}

function kind(
  name: string,
  urlOf: (server: ServerProcess) => string,
  tooLarge: readonly string[],
  options: ConnectOptions = {},
): TransportKind {
  return { name, tooLarge, connect: (server, token) => connectDevice(urlOf(server), token, options) };
}

/** Every way in: the rows and the columns of the conformance table. */
export const TRANSPORT_KINDS: readonly TransportKind[] = [
  kind('mqtt 3.1.1', ({ mqttUrl }) => mqttUrl, ['lost']),
  // MQTT 5 says why it closes (0x95), and its client keeps to the maximum that CONNACK announced.
  kind('mqtt 5', ({ mqttUrl }) => mqttUrl, ['too-large', 'lost'], { mqttVersion: 5 }),
  kind('ws', ({ httpUrl }) => httpUrl.replace('http:', 'ws:'), ['lost']),
  kind('http', ({ httpUrl }) => httpUrl, ['too-large'], { httpListening: 'poll' }),
  kind('http stream', ({ httpUrl }) => httpUrl, ['too-large'], { httpListening: 'stream' }),
  kind('coap', ({ coapPort }) => `coap://127.0.0.1:${coapPort}`, ['too-large']),
];
