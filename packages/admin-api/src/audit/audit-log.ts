import type { EventStore, Settings, User } from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import type { Caller } from '../auth/caller.js';
import type { Trace } from './trace.js';

/** A change that was made through the admin API. */
export interface AuditedChange {
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE' | 'ASSIGN' | 'SET_CREDENTIALS' | 'CALL' | 'IMPORT' | 'EXPORT';
  /** What kind of row: `device`, `plugin-customers`, … */
  readonly entity: string;
  readonly entityId?: string | undefined;
  /** Whose events it is among; absent: the caller's own tenant's. */
  readonly tenantId?: string | undefined;
  readonly before?: { readonly version: number } | undefined;
  readonly after?: { readonly version: number } | undefined;
  /** What else is to be known: names of changed members, counts. Never a secret. */
  readonly details?: Settings;
}

/** What became of somebody's try to log in or out. */
export type LoginOutcome = 'LOGGED_IN' | 'REFUSED' | 'LOGGED_OUT' | 'PASSWORD_CHANGED' | 'REFRESH_TOKEN_REUSED';

/** Leaves an event for every change and every login: who, what, which row, from which version to which. */
export class AuditLog {
  constructor(
    private readonly events: EventStore,
    private readonly clock: Clock,
  ) {}

  changed(caller: Caller, trace: Trace, change: AuditedChange): void {
    const { action, entity, entityId, before, after, details } = change;
    this.events.append({
      tenantId: 'tenantId' in change ? change.tenantId : caller.tenantId,
      type: 'AUDIT',
      entityId,
      at: this.clock.now(),
      body: {
        action,
        entity,
        ...(before === undefined ? {} : { before: before.version }),
        ...(after === undefined ? {} : { after: after.version }),
        ...(details === undefined ? {} : { details }),
        userId: caller.userId,
        username: caller.username,
        ...trace,
      },
    });
  }

  /** `user` undefined: the name is nobody's. It is not written down: it may be a password in the wrong field. */
  login(outcome: LoginOutcome, user: Pick<User, 'id' | 'username' | 'tenantId'> | undefined, trace: Trace): void {
    this.events.append({
      tenantId: user?.tenantId,
      type: 'LOGIN',
      entityId: user?.id,
      at: this.clock.now(),
      body: { outcome, ...(user === undefined ? {} : { username: user.username }), ...trace },
    });
  }
}
