// The floor of getDevices: writes the same rows as JSON at every request, and does nothing else.
import { createServer } from 'node:net';
import { publishPacket } from '../load/mqtt-bytes.mjs';
import { directoryRows } from '../load/names.mjs';
import { serve } from './serve.mjs';

const rows = directoryRows(0);
const size = Buffer.byteLength(JSON.stringify(rows));
const header = publishPacket('v1/devices/me/rpc/response/1', Buffer.alloc(size)).subarray(0, -size);

serve(
  createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    // A request is small and the next one comes after the answer: a chunk is a request.
    socket.on('data', () => {
      socket.cork();
      socket.write(header);
      socket.write(Buffer.from(JSON.stringify(rows)));
      socket.uncork();
    });
  }),
);
