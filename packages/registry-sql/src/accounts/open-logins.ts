/** How long an answer holds, ms. */
const MEMORY_MS = 1_000;

/** Logins that are remembered at most: those that were asked for within the last second. */
const MAX_REMEMBERED = 10_000;

/** What was answered of a login, or is being asked. */
interface Answer {
  isOpen: boolean | Promise<boolean>;
  /** Reading of the monotonic clock: the second counts from the question, whose answer may be as old. */
  readonly until: number;
}

/** Which logins go on, from memory for up to a second: it is asked for every request. */
export class OpenLogins {
  private readonly answers = new Map<string, Answer>();

  constructor(
    private readonly query: (loginId: string) => Promise<boolean>,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  isOpen(loginId: string): boolean | Promise<boolean> {
    const known = this.answers.get(loginId);
    if (known !== undefined && this.monotonicMs() < known.until) return known.isOpen;
    const answer: Answer = { isOpen: false, until: this.monotonicMs() + MEMORY_MS };
    const asked = this.ask(loginId, answer);
    answer.isOpen = asked;
    this.remember(loginId, answer);
    return asked;
  }

  /** After a login ended, or a user's logins did: answers from before do not hold, nor those under way. */
  forgetAll(): void {
    this.answers.clear();
  }

  private async ask(loginId: string, answer: Answer): Promise<boolean> {
    try {
      const isOpen = await this.query(loginId);
      // Whoever asked is told; whoever asks later finds it only when nothing ended meanwhile.
      answer.isOpen = isOpen;
      return isOpen;
    } catch (error) {
      if (this.answers.get(loginId) === answer) this.answers.delete(loginId);
      throw error;
    }
  }

  private remember(loginId: string, answer: Answer): void {
    this.answers.delete(loginId);
    this.answers.set(loginId, answer);
    if (this.answers.size <= MAX_REMEMBERED) return;
    const [oldest] = this.answers.keys();
    if (oldest !== undefined) this.answers.delete(oldest);
  }
}
