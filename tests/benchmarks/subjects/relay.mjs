// The floor: joins every two connections that follow each other and forwards bytes unseen. No server that runs in
// Node.js and moves the same bytes can cost less.
import { createServer } from 'node:net';

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
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit(0));
