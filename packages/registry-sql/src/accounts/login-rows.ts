import { isDigest, sha256Digest, type Login, type Renewal } from '@device-messaging/host-api';
import { randomUUID } from 'node:crypto';
import type { Reads, Writes } from '../database/schema.js';

/**
 * Logins and the digests of their refresh tokens. A used digest is remembered until the token would have expired, so
 * that whoever shows it again is known to have a copy.
 */
export class LoginRows {
  async create(tx: Writes, userId: string, refreshDigest: string, expiresAt: number): Promise<Login> {
    const id = randomUUID();
    await tx.insertInto('logins').values({ id, user_id: userId, expires_at: expiresAt }).execute();
    await insertToken(tx, id, refreshDigest, expiresAt);
    return Object.freeze({ id, userId, expiresAt });
  }

  async renew(tx: Writes, refreshDigest: string, nextDigest: string, expiresAt: number, now: number): Promise<Renewal> {
    if (!isDigest(refreshDigest)) return { kind: 'unknown' };
    // Of two that come at the same time one finds it unused.
    const taken = await tx
      .updateTable('refresh_tokens')
      .set({ used: 1 })
      .where('digest', '=', refreshDigest)
      .where('used', '=', 0)
      .where('expires_at', '>', now)
      .returning('login_id')
      .executeTakeFirst();
    if (taken === undefined) return this.refuse(tx, refreshDigest);
    const { user_id } = await tx
      .updateTable('logins')
      .set({ expires_at: expiresAt })
      .where('id', '=', taken.login_id)
      .returning('user_id')
      .executeTakeFirstOrThrow();
    await insertToken(tx, taken.login_id, nextDigest, expiresAt);
    return { kind: 'renewed', login: Object.freeze({ id: taken.login_id, userId: user_id, expiresAt }) };
  }

  async isOpen(db: Reads, loginId: string, now: number): Promise<boolean> {
    const row = await db
      .selectFrom('logins')
      .select('id')
      .where('id', '=', loginId)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return row !== undefined;
  }

  async end(tx: Writes, loginId: string): Promise<void> {
    await tx.deleteFrom('logins').where('id', '=', loginId.toLowerCase()).execute();
  }

  async prune(tx: Writes, now: number): Promise<number> {
    const { numDeletedRows } = await tx.deleteFrom('logins').where('expires_at', '<=', now).executeTakeFirstOrThrow();
    await tx.deleteFrom('refresh_tokens').where('expires_at', '<=', now).execute();
    return Number(numDeletedRows);
  }

  private async refuse(tx: Writes, digest: string): Promise<Renewal> {
    const used = await tx
      .selectFrom('refresh_tokens')
      .select('login_id')
      .where('digest', '=', digest)
      .where('used', '=', 1)
      .executeTakeFirst();
    if (used === undefined) return { kind: 'unknown' };
    await this.end(tx, used.login_id);
    return { kind: 'reused' };
  }
}

async function insertToken(tx: Writes, loginId: string, digest: string, expiresAt: number): Promise<void> {
  await tx
    .insertInto('refresh_tokens')
    .values({ digest: sha256Digest(digest), login_id: loginId, expires_at: expiresAt, used: 0 })
    .execute();
}
