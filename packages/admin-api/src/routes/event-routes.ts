import type { AdminContext } from '../admin-context.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { EVENT, EVENT_QUERY, eventView } from '../schemas/event.js';
import { DEFAULT_PAGE, pageOf } from '../schemas/paging.js';

/** What happened: to a tenant, or to the installation for system administrators. */
export function eventRoutes({ events }: AdminContext): readonly AnyOperation[] {
  return [
    operation({
      method: 'GET',
      path: '/events',
      id: 'listEvents',
      summary: 'Events, youngest first',
      tag: 'Events',
      roles: ['SYS_ADMIN', 'TENANT_ADMIN'],
      query: EVENT_QUERY,
      answer: { status: 200, description: 'A page of events.', schema: pageOf(EVENT) },
      handle: async ({ caller, query: { limit = DEFAULT_PAGE, after, entityId, ...query } }) => {
        const found = await events.query({
          ...query,
          tenantId: caller.tenantId,
          entityId: entityId?.toLowerCase(),
          after: after?.toLowerCase(),
          limit: limit + 1,
        });
        const items = found.slice(0, limit).map(eventView);
        const last = items.at(-1);
        return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    }),
  ];
}
