import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../database/database-error.js';
import { withDeadline } from '../database/deadline.js';

/** Beside `src` and `dist` alike. */
const WORKER = new URL('../../worker/sqlite-worker.js', import.meta.url);

/** What a statement yields. */
export interface StatementResult {
  readonly rows: unknown[];
  readonly changes: number;
}

/** What SQLite said. `code`: SQLite's name, `SQLITE_CONSTRAINT_UNIQUE`. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Answer = { readonly id: number } & (
  StatementResult | { readonly error: { readonly code: string; readonly message: string } }
);

interface Pending {
  resolve(result: StatementResult): void;
  reject(error: Error): void;
}

/** One connection to the SQLite file, in a thread of its own; statements run in the order in which they are given. */
export class SqliteThread {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  /** Fulfilled when the file is open; rejected with a {@link SqliteError} when it cannot be. */
  readonly opened: Promise<void>;
  private nextId = 1;
  private end: Error | undefined;

  /** @param pragmas run on the connection before anything else: `foreign_keys=ON` */
  constructor(file: string, pragmas: readonly string[]) {
    this.worker = new Worker(WORKER, { workerData: { file, pragmas } });
    this.opened = new Promise<StatementResult>((resolve, reject) => this.pending.set(0, { resolve, reject })).then(
      () => undefined,
    );
    // Whoever opens awaits it; a thread that dies later has no one at hand.
    this.opened.catch(() => undefined);
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => this.fail(error));
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.fail(new DatabaseError('CLOSED', 'The thread of the database ended'));
        resolve();
      });
    });
  }

  get isAlive(): boolean {
    return this.end === undefined;
  }

  /** Statements that are not answered yet. */
  get load(): number {
    return this.pending.size;
  }

  /** @param timeoutMs how long to wait for the answer; the statement itself runs on. Absent: as long as it takes */
  run(sql: string, parameters: readonly unknown[], timeoutMs?: number): Promise<StatementResult> {
    if (this.end !== undefined) return Promise.reject(this.end);
    for (const parameter of parameters) checkParameter(parameter);
    const answer = new Promise<StatementResult>((resolve, reject) => {
      const id = this.nextId++;
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage({ id, sql, parameters });
    });
    return timeoutMs === undefined ? answer : withDeadline(answer, timeoutMs);
  }

  /** Statements that were given before are run first. */
  async close(): Promise<void> {
    if (this.end === undefined) this.worker.postMessage('close');
    await this.exited;
  }

  private settle(answer: Answer): void {
    const pending = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if ('error' in answer) pending?.reject(new SqliteError(answer.error.code, answer.error.message));
    else pending?.resolve(answer);
  }

  private fail(error: Error): void {
    this.end ??= error;
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

/**
 * The driver ends the whole process when it is given a boolean, and cuts texts at U+0000: neither may get there, whoever
 * forgot to check.
 */
function checkParameter(parameter: unknown): void {
  if (parameter === null || typeof parameter === 'number') return;
  if (typeof parameter !== 'string') throw new TypeError(`A parameter of a statement is a ${typeof parameter}`);
  if (parameter.includes('\0')) throw new TypeError('A parameter of a statement contains U+0000');
}
