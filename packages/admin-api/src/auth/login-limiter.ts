import { isIPv6 } from 'node:net';
import type { Clock } from '@device-messaging/plugin-api';
import type { AdminLimits } from '../admin-limits.js';
import { tooMany } from '../problem/problem.js';
import { TokenBuckets } from './token-bucket.js';

/**
 * Bounds how often passwords are tried: for one user from one address, so that somebody else's attempts lock nobody
 * out; from one address, whatever the users; and for one user from everywhere. Attempts that succeed do not count.
 */
export class LoginLimiter {
  private readonly perPair: TokenBuckets;
  private readonly perAddress: TokenBuckets;
  private readonly perUser: TokenBuckets;

  constructor(
    limits: Pick<AdminLimits, 'loginsPerUserAndAddress' | 'loginsPerAddress' | 'loginsPerUser'>,
    private readonly clock: Clock,
  ) {
    this.perPair = new TokenBuckets(limits.loginsPerUserAndAddress);
    this.perAddress = new TokenBuckets(limits.loginsPerAddress);
    this.perUser = new TokenBuckets(limits.loginsPerUser);
  }

  /**
   * Counts an attempt. Call what it returns when the attempt succeeded.
   * @throws Problem 429
   */
  attempt(username: string, address: string): () => void {
    const user = username.toLowerCase();
    const network = networkOf(address);
    const buckets: readonly (readonly [TokenBuckets, string])[] = [
      [this.perPair, `${network} ${user}`],
      [this.perAddress, network],
      [this.perUser, user],
    ];
    const now = this.clock.now();
    const waitMs = Math.max(...buckets.map(([bucket, key]) => bucket.waitMs(key, now)));
    if (waitMs > 0) throw tooMany('Too many attempts to log in.', waitMs);
    for (const [bucket, key] of buckets) bucket.take(key, now);
    return () => {
      for (const [bucket, key] of buckets) bucket.giveBack(key, this.clock.now());
    };
  }
}

/** One subscriber has a whole /64 of IPv6. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Array.from({ length: 8 - left.length - right.length }, () => '0') : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
