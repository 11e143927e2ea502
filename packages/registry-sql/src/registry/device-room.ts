import { overQuota, type QuotaSubject } from '@device-messaging/host-api';
import { quotasOf } from '../rows/row-mapping.js';
import type { ChangeScope } from './change-scope.js';

/** How many more devices tenants and customers may have. Whoever makes room or takes it holds the quota's row. */
export class DeviceRoom {
  private readonly rooms = new Map<string, { readonly limit: number; free: number }>();

  private constructor() {}

  /** @param subjects ids of tenants and customers that may get devices */
  static async of(scope: ChangeScope, subjects: readonly string[]): Promise<DeviceRoom> {
    const room = new DeviceRoom();
    if (subjects.length === 0) return room;
    const rows = await scope.tx
      .selectFrom('quotas')
      .selectAll()
      .where('kind', 'in', ['tenant', 'customer'])
      .where('subject_id', 'in', subjects)
      .orderBy('subject_id')
      .$if(scope.locks, (query) => query.forUpdate())
      .execute();
    for (const { kind, subject_id, quotas } of rows) {
      const limit = quotasOf(quotas).devices;
      if (limit === undefined) continue;
      const owner = kind === 'tenant' ? 'tenant_id' : 'customer_id';
      room.rooms.set(subject_id, { limit, free: limit - (await countUpTo(scope, owner, subject_id, limit)) });
    }
    return room;
  }

  /** @throws RegistryError OVER_QUOTA when there is no room for one more */
  expect(kind: Exclude<QuotaSubject['kind'], 'device'>, id: string | undefined): void {
    const room = id === undefined ? undefined : this.rooms.get(id);
    if (id !== undefined && room !== undefined && room.free <= 0) throw overQuota({ kind, id }, room.limit);
  }

  take(id: string | undefined): void {
    const room = id === undefined ? undefined : this.rooms.get(id);
    if (room !== undefined) room.free--;
  }
}

/** Counts no further than it matters. */
async function countUpTo(
  scope: ChangeScope,
  owner: 'tenant_id' | 'customer_id',
  id: string,
  limit: number,
): Promise<number> {
  const { count } = await scope.tx
    .selectFrom((query) => query.selectFrom('devices').select('id').where(owner, '=', id).limit(limit).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
