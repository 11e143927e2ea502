const MS_PER_SECOND = 1_000;

/** What rounding may take from a token that is due. */
const ROUNDING = 1e-9;

/**
 * So many messages a second, computed from the clock at each message: no timer fills it. It holds one second's tokens,
 * and one at least, so that in any span of `t` seconds at most `rate × t + max(1, rate)` messages pass.
 */
export class TokenBucket {
  private tokens: number;

  /** `rate`: tokens a second; 0: none ever. `at`: epoch ms. The bucket begins full. */
  constructor(
    private rate: number,
    private at: number,
  ) {
    this.tokens = this.capacity;
  }

  /** Whether there is a token at this time (epoch ms). A clock that was set back fills nothing, and takes nothing. */
  has(now: number): boolean {
    this.fill(now);
    return this.tokens >= 1 - ROUNDING;
  }

  /** Ms from this time (epoch ms) until there is a token, if nobody takes one before; `Infinity`: there never will be. */
  msUntilToken(now: number): number {
    return this.has(now) ? 0 : ((1 - this.tokens) * MS_PER_SECOND) / this.rate;
  }

  /** Takes a token that {@link TokenBucket.has} just said is there. */
  take(): void {
    this.tokens = Math.max(0, this.tokens - 1);
  }

  /** It is as a new one would be. */
  isFull(now: number): boolean {
    this.fill(now);
    return this.tokens >= this.capacity - ROUNDING;
  }

  /** From now on another rate; what is in it stays, as far as it fits. */
  changeRate(rate: number, now: number): void {
    this.fill(now);
    this.rate = rate;
    this.tokens = Math.min(this.tokens, this.capacity);
  }

  private get capacity(): number {
    return this.rate > 0 ? Math.max(1, this.rate) : 0;
  }

  private fill(now: number): void {
    const elapsed = now - this.at;
    this.at = now;
    if (elapsed > 0) this.tokens = Math.min(this.capacity, this.tokens + (elapsed * this.rate) / MS_PER_SECOND);
  }
}
