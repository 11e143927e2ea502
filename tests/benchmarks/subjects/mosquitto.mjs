// Mosquitto, the MQTT broker in C, as a child of this process: what is measured is the child.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = process.argv[3];
const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'benchmark-mosquitto-'));
const configuration = join(folder, 'mosquitto.conf');
writeFileSync(
  configuration,
  [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'max_connections -1',
    'persistence false',
    'set_tcp_nodelay true',
    'log_type none',
    '',
  ].join('\n'),
);
const mosquitto = spawn(program, ['-c', configuration], { stdio: 'ignore' });
process.on('disconnect', () => mosquitto.kill());
mosquitto.on('error', (error) => process.send({ error: error.message }));
mosquitto.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
process.on('message', () => process.send({ result: null }));
await untilAccepting();
process.send({ port, pid: mosquitto.pid });

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}

async function untilAccepting() {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' });
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(20);
    } finally {
      socket.destroy();
    }
  }
}
