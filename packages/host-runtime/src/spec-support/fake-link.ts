import type {
  AnswerKind,
  Delivery,
  DeviceSession,
  OutgoingRpc,
  SessionCloseReason,
  SessionSink,
} from '@device-messaging/host-api';

/** A connection without a protocol: a test sees what the host sends, and decides what becomes of it, at once. */
export class FakeLink implements SessionSink {
  session!: DeviceSession;
  readonly calls: { id: number; method: string; params: string }[] = [];
  /** Answers by request, each list in order of arrival: more than one is a broken promise. */
  readonly answers = new Map<unknown, string[]>();
  /** What the last answer to each request was said to be. */
  readonly kinds = new Map<unknown, AnswerKind>();
  closedBy: SessionCloseReason | undefined;
  delivery: Delivery = 'handed';
  maxAnswerBytes = Infinity;
  /** Runs within the hand-over. */
  onCall: ((call: OutgoingRpc) => void) | undefined;

  private lastRef = 0;

  deliver(call: OutgoingRpc): Delivery {
    const { delivery } = this;
    if (delivery === 'busy' || delivery === 'too-large') return delivery;
    this.calls.push({ id: call.id, method: call.method, params: call.params.toString() });
    this.onCall?.(call);
    return delivery;
  }

  answer(ref: unknown, payload: Uint8Array, kind: AnswerKind): 'sent' | 'too-large' {
    this.kinds.set(ref, kind);
    if (payload.length > this.maxAnswerBytes) return 'too-large';
    this.answers.set(ref, [...(this.answers.get(ref) ?? []), Buffer.from(payload).toString()]);
    return 'sent';
  }

  close(reason: SessionCloseReason): void {
    this.closedBy = reason;
  }

  /** Sends a request and yields its reference. */
  ask(method: string, params?: unknown, options?: { expiresAt?: number }): number {
    return this.askRaw(JSON.stringify({ method, params }), options);
  }

  askRaw(payload: string, options?: { expiresAt?: number }): number {
    const ref = this.lastRef++;
    this.session.request(ref, Buffer.from(payload), options);
    return ref;
  }

  /** The one answer to a request; `undefined` while there is none. */
  answerTo(ref: number): string | undefined {
    const answers = this.answers.get(ref) ?? [];
    if (answers.length > 1)
      throw new Error(`Request ${ref} was answered ${answers.length} times: ${answers.join(' ')}`);
    return answers[0];
  }

  /** Replies to the last call, or to the one given. */
  reply(payload: string, id = this.calls.at(-1)!.id): boolean {
    return this.session.reply(id, Buffer.from(payload)) as boolean;
  }
}
