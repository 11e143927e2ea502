// The floor: joins every two connections that follow each other and forwards bytes unseen. No server that runs in
// Node.js and moves the same bytes can cost less.
import { createServer } from 'node:net';
import { serve } from './serve.mjs';

let waiting;
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  if (waiting === undefined) {
    waiting = socket;
    return;
  }
  const other = waiting;
  waiting = undefined;
  other.on('data', (chunk) => socket.write(chunk));
  socket.on('data', (chunk) => other.write(chunk));
});
serve(server);
