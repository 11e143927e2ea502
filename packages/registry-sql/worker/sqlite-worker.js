/**
 * The thread that owns one connection to the SQLite file. It runs one statement after another, in the order of their
 * messages, so that the driver's waiting for the disk holds up nobody but those who wait for it.
 * Plain JavaScript beside the sources: threads are started by Node.js itself, past every compiler.
 */
import Database from 'libsql';
import { parentPort, workerData } from 'node:worker_threads';

/** Statements that are kept, the last ones that were used. */
const MAX_STATEMENTS = 256;

/** Longer ones are inserts of many rows: each number of rows is another text, and they would displace all others. */
const MAX_KEPT_LENGTH = 2_000;

/** @type {{ file: string, pragmas: readonly string[] }} */
const { file, pragmas } = workerData;
const port = parentPort;
if (port === null) throw new Error('sqlite-worker.js runs in a thread only');

/** @type {Map<string, import('libsql').Statement>} */
const statements = new Map();
const database = open();

function open() {
  try {
    const opened = new Database(file);
    for (const pragma of pragmas) opened.pragma(pragma);
    port?.postMessage({ id: 0, rows: [], changes: 0 });
    return opened;
  } catch (error) {
    port?.postMessage({ id: 0, error: describe(error) });
    port?.close();
    return undefined;
  }
}

/** @param {string} sql */
function prepared(sql) {
  const known = statements.get(sql);
  if (known !== undefined) {
    statements.delete(sql);
    statements.set(sql, known);
    return known;
  }
  if (database === undefined) throw new Error('The database could not be opened');
  const statement = database.prepare(sql);
  if (sql.length > MAX_KEPT_LENGTH) return statement;
  statements.set(sql, statement);
  if (statements.size > MAX_STATEMENTS) {
    const [oldest] = statements.keys();
    if (oldest !== undefined) statements.delete(oldest);
  }
  return statement;
}

/** @param {unknown} error */
function describe(error) {
  const { code, message } = /** @type {{ code?: unknown, message?: unknown }} */ (error);
  return { code: typeof code === 'string' ? code : '', message: String(message) };
}

/**
 * @param {string} sql
 * @param {readonly unknown[]} parameters
 */
function execute(sql, parameters) {
  const statement = prepared(sql);
  if (statement.reader) {
    const rows = statement.all(parameters);
    return { rows, changes: rows.length };
  }
  return { rows: [], changes: statement.run(parameters).changes };
}

port.on('message', (/** @type {{ id: number, sql: string, parameters: readonly unknown[] } | 'close'} */ message) => {
  if (message === 'close') {
    statements.clear();
    database?.close();
    port.close();
    return;
  }
  const { id, sql, parameters } = message;
  try {
    port.postMessage({ id, ...execute(sql, parameters) });
  } catch (error) {
    port.postMessage({ id, error: describe(error) });
  }
});
