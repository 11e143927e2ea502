import type { RegistryChange } from '@device-messaging/host-api';
import { Subject, type Observable } from 'rxjs';

/**
 * Announces changes in the order in which they took effect. A change that a subscriber makes while it hears of another
 * one is announced when everybody has heard of the first.
 */
export class ChangeFeed {
  private readonly subject = new Subject<RegistryChange>();
  private readonly waiting: RegistryChange[] = [];
  private announcing = false;

  /** rxjs reports what a subscriber throws by a timer of its own; the others hear of the change all the same. */
  readonly changes: Observable<RegistryChange> = this.subject.asObservable();

  announce(change: RegistryChange): void {
    this.waiting.push(Object.freeze(change));
    if (this.announcing) return;
    this.announcing = true;
    for (let next = 0; next < this.waiting.length; next++) this.subject.next(this.waiting[next]!);
    this.waiting.length = 0;
    this.announcing = false;
  }
}
