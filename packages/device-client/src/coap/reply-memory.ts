interface Remembered {
  readonly reply: Buffer | undefined;
  /** When it may be forgotten. */
  readonly until: number;
}

/** What the server's messages were answered with, for when they come again (RFC 7252 section 4.5). */
export class ReplyMemory {
  /** By message id, oldest first: 65,536 at most. */
  private readonly remembered = new Map<number, Remembered>();

  constructor(private readonly lifetimeMs: number) {}

  has(messageId: number, now: number): boolean {
    this.forget(now);
    return this.remembered.has(messageId);
  }

  /** `undefined`: with nothing. */
  get(messageId: number): Buffer | undefined {
    return this.remembered.get(messageId)?.reply;
  }

  add(messageId: number, reply: Buffer | undefined, now: number): void {
    this.remembered.set(messageId, { reply, until: now + this.lifetimeMs });
  }

  private forget(now: number): void {
    for (const [messageId, { until }] of this.remembered) {
      if (until > now) return;
      this.remembered.delete(messageId);
    }
  }
}
