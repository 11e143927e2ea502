// Our server over MQTT.
import { createServer } from 'node:net';
import { MqttTransport } from '@device-messaging/transport-mqtt';
import { startHost } from './our-host.mjs';
import { serve } from './serve.mjs';

const transport = new MqttTransport();
const host = await startHost(transport);

// What the server's TCP listener does with each connection (packages/server/src/listeners/tcp-listener.ts).
const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
  const { remoteAddress } = socket;
  transport.acceptSocket(socket, remoteAddress === undefined ? {} : { remoteAddress });
});
serve(server, { statistics: () => host.control.statistics() });
