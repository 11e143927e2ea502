/** A burst of new connections must not be refused. */
const BACKLOG = 4096;

/**
 * Listens on a free port, tells the benchmark which, and does what it asks until it is gone.
 * @param {import('node:net').Server} server
 * @param {Readonly<Record<string, () => unknown>>} commands besides `collectGarbage`
 */
export function serve(server, commands = {}) {
  server.listen(0, '127.0.0.1', BACKLOG, () => serveAt(server.address().port, commands));
}

/**
 * The same for what listens already.
 * @param {number} port
 * @param {Readonly<Record<string, () => unknown>>} commands
 */
export function serveAt(port, commands = {}) {
  const known = { collectGarbage, ...commands };
  process.on('message', ({ command }) => process.send({ result: known[command]() ?? null }));
  process.on('disconnect', () => process.exit(0));
  process.send({ port });
}

/** Twice: what the first one finalizes, the second one frees. Needs `--expose-gc`. */
function collectGarbage() {
  globalThis.gc();
  globalThis.gc();
}
