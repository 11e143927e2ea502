import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';

/** Between two looks at a lock that somebody else has, ms. */
const LOOK_AGAIN_MS = 20;

/** How long a lock is waited for, ms: longer than any holder may take, which asks a server once. */
const PATIENCE_MS = 45_000;

/**
 * A lock among processes: a file that one of them can make, holding its process id. One that a process left behind
 * when it died is taken away.
 */
export class FileLock {
  constructor(
    private readonly path: string,
    private readonly patienceMs: number = PATIENCE_MS,
  ) {}

  /**
   * Runs something that no other process runs under this lock at the same time.
   * @throws ExitError when the lock is not to be had
   */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const end = Date.now() + this.patienceMs;
    while (!this.take()) {
      if (this.breakAbandoned()) continue;
      if (Date.now() > end) throw this.notToBeHad();
      await delay(LOOK_AGAIN_MS);
    }
    try {
      return await task();
    } finally {
      rmSync(this.path, { force: true });
    }
  }

  private take(): boolean {
    try {
      writeFileSync(this.path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** Takes away the lock of a process that is no more. Yields whether it is worth trying again at once. */
  private breakAbandoned(): boolean {
    const seen = statOf(this.path);
    if (seen === undefined) return true;
    const holder = holderOf(this.path);
    if (holder === undefined || isAlive(holder)) return false;
    const aside = `${this.path}.${process.pid}`;
    try {
      renameSync(this.path, aside);
    } catch {
      // Somebody else was quicker.
      return true;
    }
    // Between the look and the move somebody else may have broken it and taken it: then it goes back.
    if (statOf(aside)?.ino !== seen.ino) putBack(aside, this.path);
    rmSync(aside, { force: true });
    return true;
  }

  private notToBeHad(): ExitError {
    const holder = holderOf(this.path);
    const message = `Another command keeps the session (process ${holder ?? 'unknown'}): end it, or remove ${this.path}.`;
    return new ExitError(EXIT_FAILED, message);
  }
}

function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch {
    // A third one has it now. Two hold it then; that takes three processes and one that died, in one millisecond.
  }
}

/** `undefined`: it is gone, or its holder has not written its id yet. */
function holderOf(path: string): number | undefined {
  try {
    const id = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch {
    // Released meanwhile.
    return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's, and alive.
    return !hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
