import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';
import { FileLock } from './file-lock.js';
import type { TokenPair } from './token-pair.js';

/** A login that outlives the command that made it. */
export interface Session extends TokenPair {
  readonly url: string;
  readonly username: string;
  /** File with the authorities to trust, absolute. */
  readonly ca?: string;
}

/** The file that a session is kept in. Its owner alone can read it: whoever can is logged in. */
export class SessionFile {
  private readonly lock: FileLock;

  constructor(readonly path: string) {
    this.lock = new FileLock(`${path}.lock`);
  }

  /** Where the XDG Base Directory Specification has it. */
  static ofUser(environment: NodeJS.ProcessEnv = process.env): SessionFile {
    const { XDG_CONFIG_HOME: named = '', HOME: home = homedir() } = environment;
    // "If an implementation encounters a relative path … it should consider the path invalid and ignore it."
    const directory = isAbsolute(named) ? named : join(home, '.config');
    return new SessionFile(join(directory, 'device-messaging', 'session.json'));
  }

  /** `undefined`: nobody is logged in. @throws ExitError when it cannot be used */
  read(): Session | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new ExitError(EXIT_FAILED, `The session cannot be read: ${(error as Error).message}`);
    }
    const session = parse(text);
    if (session === undefined) throw new ExitError(EXIT_FAILED, `${this.path} is damaged: log in again, or remove it.`);
    return session;
  }

  /** Whoever reads sees the one before or this one, whole. Call it under the lock. */
  write(session: Session): void {
    const beside = `${this.path}.${process.pid}.new`;
    this.attempt(() => {
      // A file with another mode may lie there.
      rmSync(beside, { force: true });
      writeFileSync(beside, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
      renameSync(beside, this.path);
    });
  }

  /** Call it under the lock. */
  remove(): void {
    this.attempt(() => rmSync(this.path, { force: true }));
  }

  /** Runs something while no other command changes the session. */
  locked<T>(task: () => Promise<T>): Promise<T> {
    this.attempt(() => {
      const directory = dirname(this.path);
      if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(directory, 0o700);
    });
    return this.lock.run(task);
  }

  private attempt(change: () => void): void {
    try {
      change();
    } catch (error) {
      throw new ExitError(EXIT_FAILED, `The session cannot be kept: ${(error as Error).message}`);
    }
  }
}

function parse(text: string): Session | undefined {
  try {
    const value = JSON.parse(text) as Partial<Session> | null;
    const texts = [value?.url, value?.username, value?.token, value?.refreshToken];
    const isSession = texts.every((one) => typeof one === 'string') && typeof value?.expiresAt === 'number';
    return isSession ? (value as Session) : undefined;
  } catch {
    // Half of one, or something else.
    return undefined;
  }
}
