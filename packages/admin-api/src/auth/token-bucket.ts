/** Buckets that are kept at most. The longest unused one is forgotten, full or not: memory is bounded. */
const MAX_BUCKETS = 10_000;

interface Bucket {
  tokens: number;
  /** Epoch ms. */
  at: number;
}

/** Token buckets by key: each holds `capacity` tokens and gets as many in a minute. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly capacity: number) {}

  /** Ms until there is a token; 0: there is one. */
  waitMs(key: string, now: number): number {
    const { tokens } = this.bucket(key, now);
    return tokens >= 1 ? 0 : ((1 - tokens) * 60_000) / this.capacity;
  }

  take(key: string, now: number): void {
    this.bucket(key, now).tokens -= 1;
  }

  giveBack(key: string, now: number): void {
    const bucket = this.bucket(key, now);
    bucket.tokens = Math.min(this.capacity, bucket.tokens + 1);
  }

  private bucket(key: string, now: number): Bucket {
    const bucket = this.buckets.get(key) ?? { tokens: this.capacity, at: now };
    const gained = (Math.max(0, now - bucket.at) * this.capacity) / 60_000;
    bucket.tokens = Math.min(this.capacity, bucket.tokens + gained);
    bucket.at = now;
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > MAX_BUCKETS) this.forgetOldest();
    return bucket;
  }

  private forgetOldest(): void {
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
