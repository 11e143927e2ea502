import { hash, verify } from '@node-rs/argon2';
import { tryLater } from '../problem/problem.js';

/** Argon2id (the library's default algorithm), 19 MiB, 2 passes: OWASP's recommendation. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Each one takes a thread of the pool that files and DNS use, too: four threads unless told otherwise. */
const MAX_AT_ONCE = 2;
/** About a second's work. Whoever comes later is told to come again. */
const MAX_WAITING = 64;

/**
 * Hashes passwords and checks them (argon2id, PHC string format), on threads of their own and not many at once: the
 * event loop and the thread pool stay free, whoever tries passwords.
 */
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  /** What the password of an unknown user is compared with: nobody's. */
  private decoy: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, COST));
  }

  /**
   * Whether it is the password. An unknown user (`undefined`) costs the same time as a known one.
   * @throws Problem 503 when too many wait
   */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const against = passwordHash ?? (await (this.decoy ??= hash('nobody has this password', COST)));
    const isSame = await this.inTurn(() => verify(against, password));
    return isSame && passwordHash !== undefined;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_AT_ONCE) {
      if (this.waiting.length >= MAX_WAITING) {
        throw tryLater('Too many passwords wait to be checked.', 2);
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // The turn is handed on, so that nobody gets in between.
      if (next === undefined) this.running--;
      else next();
    }
  }
}
