// The floor of HTTP in Node.js: node:http that answers every request with the body that came.
import { createServer } from 'node:http';
import { serve } from './serve.mjs';

// The others are measured meanwhile: the connections wait longer than the usual 5 s.
const server = createServer({ keepAliveTimeout: 72_000 }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
    response.writeHead(200, headers).end(body);
  });
});
serve(server);
