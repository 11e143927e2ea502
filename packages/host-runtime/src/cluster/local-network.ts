import type { BusMessage, Unsubscribe } from '@device-messaging/host-api';

/** One subscription of one node. */
interface Subscription {
  readonly handler: (message: BusMessage) => void;
  active: boolean;
}

/**
 * The wire between the {@link LocalClusterBus} nodes of one process. Messages are delivered synchronously and one
 * after the other: what a handler publishes is delivered when the message it handles has reached everybody.
 */
export class LocalNetwork {
  /** Lists are replaced, never changed: a delivery under way goes on with the list it began with. */
  private readonly subscriptions = new Map<string, readonly Subscription[]>();
  private readonly waiting: { readonly subject: string; readonly message: BusMessage }[] = [];
  private delivering = false;

  /** @param warn told of handlers that throw; a warning of the process when absent */
  constructor(private readonly warn: (message: string, error: unknown) => void = warnOfProcess) {}

  /** To all who subscribed. Returns when it is delivered, or at once when another delivery is under way. */
  send(subject: string, message: BusMessage): void {
    this.waiting.push({ subject, message });
    if (this.delivering) return;
    this.delivering = true;
    // By index: shift() of a long list is slow.
    for (let next = 0; next < this.waiting.length; next++) this.deliver(this.waiting[next]!);
    this.waiting.length = 0;
    this.delivering = false;
  }

  subscribe(subject: string, handler: (message: BusMessage) => void): Unsubscribe {
    const subscription: Subscription = { handler, active: true };
    this.subscriptions.set(subject, [...(this.subscriptions.get(subject) ?? []), subscription]);
    return () => {
      if (!subscription.active) return;
      subscription.active = false;
      const rest = (this.subscriptions.get(subject) ?? []).filter((other) => other !== subscription);
      if (rest.length > 0) this.subscriptions.set(subject, rest);
      else this.subscriptions.delete(subject);
    };
  }

  private deliver({ subject, message }: { readonly subject: string; readonly message: BusMessage }): void {
    for (const subscription of this.subscriptions.get(subject) ?? []) {
      if (!subscription.active) continue;
      try {
        subscription.handler(message);
      } catch (error) {
        // A handler must not throw. One that does hurts neither the publisher nor the other subscribers.
        this.warn(`A handler of the subject "${subject}" threw`, error);
      }
    }
  }
}

function warnOfProcess(message: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(message, { type: 'ClusterBusWarning', detail });
}
