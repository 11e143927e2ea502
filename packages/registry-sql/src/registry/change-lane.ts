import { RegistryError, type RegistryChange } from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import { Subject, type Observable } from 'rxjs';
import { setImmediate } from 'node:timers/promises';
import type { RegistryCache } from '../cache/registry-cache.js';
import { recordChanges } from '../database/change-log.js';
import type { SqlEngine } from '../database/sql-engine.js';
import { Turns } from '../database/turns.js';
import { ChangeScope, type Announcement } from './change-scope.js';
import { constraintRefusal } from './constraint-refusal.js';

/** Changes that are announced in one turn of the event loop: an import has a thousand at once. */
const ANNOUNCED_AT_ONCE = 100;

/**
 * The registry's changes on this node, one transaction after another, so that they are announced in the order in which
 * they took effect. What is in the cache is evicted first.
 */
export class ChangeLane {
  private readonly turns = new Turns();
  private readonly subject = new Subject<RegistryChange>();
  /** rxjs reports what a subscriber throws by a timer of its own; the others hear of the change all the same. */
  readonly changes: Observable<RegistryChange> = this.subject.asObservable();

  constructor(
    private readonly engine: SqlEngine,
    private readonly cache: RegistryCache,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs `work` in a transaction, perhaps more than once when other nodes get in its way, and announces what it changed.
   * @throws RegistryError, DatabaseError
   */
  async run<T>(work: (scope: ChangeScope) => Promise<T>): Promise<T> {
    const endTurn = await this.turns.take();
    let announcements: readonly Announcement[] = [];
    try {
      const result = await this.engine.transaction(async (tx) => {
        const scope = new ChangeScope(tx, this.engine.dialect, this.clock.now());
        const value = await work(scope);
        announcements = scope.announcements;
        if (announcements.length > 0) {
          await recordChanges(
            tx,
            announcements.map(({ change }) => change),
          );
        }
        return value;
      });
      await this.announce(announcements);
      return result;
    } catch (error) {
      const refusal = constraintRefusal(error) ?? error;
      // The connection may have been lost after the commit: looking again where nothing changed does no harm.
      if (!(refusal instanceof RegistryError)) await this.announce(announcements);
      throw refusal;
    } finally {
      endTurn();
    }
  }

  /** Done when all changes that were asked for before are made, and announced. */
  async drain(): Promise<void> {
    const endTurn = await this.turns.take();
    endTurn();
  }

  private async announce(announcements: readonly Announcement[]): Promise<void> {
    for (const { change, customerIds } of announcements) this.cache.evict(change, customerIds);
    for (const [index, { change }] of announcements.entries()) {
      if (index > 0 && index % ANNOUNCED_AT_ONCE === 0) await setImmediate();
      this.subject.next(change);
    }
  }
}
