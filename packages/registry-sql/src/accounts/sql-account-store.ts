import {
  asId,
  expectVersion,
  idTaken,
  isStorable,
  lastAdministrator,
  nextVersion,
  notFound,
  storableText,
  type AccountStore,
  type Change,
  type Expectation,
  type Login,
  type New,
  type Page,
  type Renewal,
  type SigningKey,
  type User,
  type UserSecret,
} from '@device-messaging/host-api';
import type { Awaitable, Clock } from '@device-messaging/plugin-api';
import { sql } from 'kysely';
import type { SqlEngine } from '../database/sql-engine.js';
import type { Writes } from '../database/schema.js';
import { constraintRefusal } from '../registry/constraint-refusal.js';
import { isAfter, pageOf } from '../registry/row-page.js';
import { LoginRows } from './login-rows.js';
import { OpenLogins } from './open-logins.js';
import { SigningKeys } from './signing-keys.js';
import { checkedUser, expectFree, newUser, userColumns, usernameKey, userRow } from './user-rows.js';

/** Accounts in a database. Ids are taken in any case. */
export class SqlAccountStore implements AccountStore {
  private readonly logins = new LoginRows();
  private readonly keys: SigningKeys;
  private readonly open: OpenLogins;

  constructor(
    private readonly engine: SqlEngine,
    private readonly clock: Clock,
  ) {
    this.keys = new SigningKeys(engine, clock);
    this.open = new OpenLogins((loginId) => this.logins.isOpen(engine.reads, loginId, clock.now()));
  }

  createUser(given: New<User>, passwordHash: string): Promise<User> {
    return this.change(async (tx) => {
      const user = newUser(given, this.clock.now());
      await expectFree(tx, user);
      const known = await tx.selectFrom('users').select('id').where('id', '=', user.id).executeTakeFirst();
      if (known !== undefined) throw idTaken('user', user.id);
      const columns = { ...userColumns(user), password_hash: storableText(passwordHash, 'hash of the password') };
      await tx.insertInto('users').values(columns).execute();
      return user;
    });
  }

  async findUser(userId: string): Promise<User | undefined> {
    const id = asId(userId);
    if (id === undefined) return undefined;
    const row = await this.engine.reads.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
    return row && userRow(row);
  }

  async findUserSecret(username: string): Promise<UserSecret | undefined> {
    if (!isStorable(username)) return undefined;
    const row = await this.engine.reads
      .selectFrom('users')
      .selectAll()
      .where('username_key', '=', usernameKey(username))
      .executeTakeFirst();
    return row && Object.freeze({ user: userRow(row), passwordHash: row.password_hash });
  }

  async listUsers(tenantId: string | undefined, page: Page): Promise<readonly User[]> {
    const owner = tenantId === undefined ? undefined : (asId(tenantId) ?? '');
    const rows = this.engine.reads.selectFrom('users').selectAll();
    let owned = owner === undefined ? rows.where('tenant_id', 'is', null) : rows.where('tenant_id', '=', owner);
    if (page.after !== undefined) {
      const edge = owner === undefined ? sql`edge.tenant_id is null` : sql`edge.tenant_id = ${owner}`;
      owned = owned.where(isAfter('users', page.after, edge));
    }
    return (await pageOf(owned, 'users', page).execute()).map(userRow);
  }

  updateUser(
    userId: string,
    change: Change<User, 'username' | 'role' | 'customerId'>,
    expected?: Expectation,
  ): Promise<User> {
    return this.change(async (tx) => {
      const old = await this.lockUser(tx, userId);
      expectVersion('user', old, expected);
      const wanted = checkedUser({
        ...old,
        username: change.username ?? old.username,
        role: change.role ?? old.role,
        customerId: 'customerId' in change ? change.customerId : old.customerId,
      });
      const { username, role, customerId } = wanted;
      const row = nextVersion(old, { username, role, customerId });
      if (row === old) return old;
      await expectFree(tx, row);
      await tx.updateTable('users').set(userColumns(row)).where('id', '=', row.id).execute();
      return row;
    });
  }

  async setPassword(userId: string, passwordHash: string): Promise<void> {
    await this.change(async (tx) => {
      const { id } = await this.lockUser(tx, userId);
      const hash = storableText(passwordHash, 'hash of the password');
      await tx.updateTable('users').set({ password_hash: hash }).where('id', '=', id).execute();
      await tx.deleteFrom('logins').where('user_id', '=', id).execute();
    });
    this.open.forgetAll();
  }

  async deleteUser(userId: string, expected?: Expectation): Promise<void> {
    await this.change(async (tx) => {
      const administrators = await this.lockAdministrators(tx, userId);
      const user = await this.lockUser(tx, userId);
      expectVersion('user', user, expected);
      if (administrators === 1) throw lastAdministrator(user.username);
      // The logins go by their foreign key.
      await tx.deleteFrom('users').where('id', '=', user.id).execute();
    });
    this.open.forgetAll();
  }

  createLogin(userId: string, refreshDigest: string, expiresAt: number): Promise<Login> {
    return this.change(async (tx) => {
      const { id } = await this.lockUser(tx, userId);
      return this.logins.create(tx, id, refreshDigest, expiresAt);
    });
  }

  async renewLogin(refreshDigest: string, nextDigest: string, expiresAt: number, now: number): Promise<Renewal> {
    const renewal = await this.change((tx) => this.logins.renew(tx, refreshDigest, nextDigest, expiresAt, now));
    if (renewal.kind === 'reused') this.open.forgetAll();
    return renewal;
  }

  isLoginOpen(loginId: string): Awaitable<boolean> {
    return asId(loginId) === loginId ? this.open.isOpen(loginId) : false;
  }

  async endLogin(loginId: string): Promise<void> {
    await this.change((tx) => this.logins.end(tx, loginId));
    this.open.forgetAll();
  }

  pruneLogins(now: number): Promise<number> {
    return this.change((tx) => this.logins.prune(tx, now));
  }

  signingKeys(): Promise<readonly SigningKey[]> {
    return this.keys.all();
  }

  addSigningKey(key: SigningKey): Promise<void> {
    return this.change((tx) => this.keys.add(tx, key));
  }

  deleteSigningKey(keyId: string): Promise<void> {
    return this.change((tx) => this.keys.delete(tx, keyId));
  }

  /**
   * How many system administrators there are, if the user is one of them: none can be deleted until the transaction is
   * over. In the order of their ids, so that two who do this wait for each other.
   */
  private async lockAdministrators(tx: Writes, userId: string): Promise<number | undefined> {
    const known = await tx
      .selectFrom('users')
      .select('role')
      .where('id', '=', asId(userId) ?? '')
      .executeTakeFirst();
    // A user never becomes one, and no administrator anything else: who belongs to a tenant is fixed.
    if (known?.role !== 'SYS_ADMIN') return undefined;
    const administrators = await tx
      .selectFrom('users')
      .select('id')
      .where('tenant_id', 'is', null)
      .orderBy('id')
      .$if(this.engine.dialect === 'postgres', (query) => query.forUpdate())
      .execute();
    return administrators.length;
  }

  private async lockUser(tx: Writes, userId: string): Promise<User> {
    const id = asId(userId);
    if (id === undefined) throw notFound('user', userId);
    const row = await tx
      .selectFrom('users')
      .selectAll()
      .where('id', '=', id)
      .$if(this.engine.dialect === 'postgres', (query) => query.forUpdate())
      .executeTakeFirst();
    if (row === undefined) throw notFound('user', userId);
    return userRow(row);
  }

  private async change<T>(work: (tx: Writes) => Promise<T>): Promise<T> {
    try {
      return await this.engine.transaction(work);
    } catch (error) {
      throw constraintRefusal(error) ?? error;
    }
  }
}
