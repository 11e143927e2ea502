import { storableText, type SigningKey } from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import { sql } from 'kysely';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Reads, Writes } from '../database/schema.js';
import type { SqlEngine } from '../database/sql-engine.js';

/** Bytes of a key that is made here: as many as SHA-256 has (RFC 7518 section 3.2). */
const KEY_BYTES = 32;

/** Number of PostgreSQL's advisory lock under which the first key is made. Arbitrary, fixed for good. */
const FIRST_KEY_LOCK = 1_684_893_551;

/** The keys that access tokens are signed with, the same for all nodes. */
export class SigningKeys {
  constructor(
    private readonly engine: SqlEngine,
    private readonly clock: Clock,
  ) {}

  /** Youngest first, one at least. */
  async all(): Promise<readonly SigningKey[]> {
    const keys = await read(this.engine.reads);
    return keys.length > 0 ? keys : this.makeFirst();
  }

  async add(tx: Writes, { id, secret, createdAt }: SigningKey): Promise<void> {
    const columns = {
      id: storableText(id, 'id of a signing key'),
      secret: Buffer.from(secret).toString('base64url'),
      created_at: createdAt,
    };
    await tx.insertInto('signing_keys').values(columns).execute();
  }

  async delete(tx: Writes, keyId: string): Promise<void> {
    await tx.deleteFrom('signing_keys').where('id', '=', keyId).execute();
  }

  /** Whoever comes second finds the key of the first. */
  private makeFirst(): Promise<readonly SigningKey[]> {
    return this.engine.transaction(async (tx) => {
      if (this.engine.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${FIRST_KEY_LOCK})`.execute(tx);
      const known = await read(tx);
      if (known.length > 0) return known;
      await this.add(tx, { id: randomUUID(), secret: randomBytes(KEY_BYTES), createdAt: this.clock.now() });
      return read(tx);
    });
  }
}

async function read(db: Reads): Promise<readonly SigningKey[]> {
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').orderBy('id').execute();
  return rows.map(({ id, secret, created_at }) =>
    Object.freeze({ id, secret: new Uint8Array(Buffer.from(secret, 'base64url')), createdAt: created_at }),
  );
}
