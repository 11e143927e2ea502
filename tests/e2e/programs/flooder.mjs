// A device gone mad, as a process of its own: publishes requests on some connections as fast as the server takes them,
// until its parent disconnects. Arguments: port, access token, connections.
import { connect } from 'node:net';

const [port, token, connections] = process.argv.slice(2);
const CHUNK_BYTES = 200_000;

const text = (value) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};
/** A packet with a body below 128 bytes. */
const packet = (type, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type, body.length]), body]);
};
const connectAs = (clientId) => packet(0x10, text('MQTT'), Buffer.from([4, 0x82, 0, 0]), text(clientId), text(token));
const request = packet(0x30, text('v1/devices/me/rpc/request/1'), Buffer.from('{"method":"getDevices","params":{}}'));
const flood = Buffer.concat(new Array(Math.ceil(CHUNK_BYTES / request.length)).fill(request));

for (let index = 0; index < Number(connections); index++) {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(connectAs(`mad-${index}`));
  const pump = () => {
    while (socket.write(flood));
  };
  socket.on('connect', pump);
  socket.on('drain', pump);
  socket.resume();
  socket.on('error', () => socket.destroy());
}

process.on('disconnect', () => process.exit(0));
