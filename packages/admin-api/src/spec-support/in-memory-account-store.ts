import { randomBytes, randomUUID } from 'node:crypto';
import {
  lastAdministrator,
  RegistryError,
  type AccountStore,
  type Change,
  type Expectation,
  type Login,
  type New,
  type Page,
  type RegistryAdmin,
  type Renewal,
  type SigningKey,
  type User,
  type UserSecret,
} from '@device-messaging/host-api';

interface StoredLogin {
  login: Login;
  digest: string;
  readonly used: Set<string>;
}

/** Accounts that live as long as a test. */
export class InMemoryAccountStore implements AccountStore {
  private readonly users = new Map<string, UserSecret>();
  private readonly logins = new Map<string, StoredLogin>();
  private readonly keys: SigningKey[] = [];

  constructor(
    private readonly registry: Pick<RegistryAdmin, 'findTenant' | 'findCustomer'>,
    private readonly now: () => number = () => Date.now(),
  ) {}

  async createUser(user: New<User>, passwordHash: string): Promise<User> {
    const row: User = { version: 1, createdAt: this.now(), ...user, id: user.id ?? randomUUID() };
    await this.check(row);
    this.users.set(row.id, { user: row, passwordHash });
    return row;
  }

  findUser(userId: string): User | undefined {
    return this.users.get(userId)?.user;
  }

  findUserSecret(username: string): UserSecret | undefined {
    const name = username.toLowerCase();
    return [...this.users.values()].find(({ user }) => user.username.toLowerCase() === name);
  }

  listUsers(tenantId: string | undefined, { limit, after }: Page): readonly User[] {
    const all = [...this.users.values()].map(({ user }) => user).filter((user) => user.tenantId === tenantId);
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    return after !== undefined && start === 0 ? [] : all.slice(start, start + limit);
  }

  async updateUser(
    userId: string,
    change: Change<User, 'username' | 'role' | 'customerId'>,
    { ifVersion }: Expectation = {},
  ): Promise<User> {
    const { user, passwordHash } = this.secret(userId);
    if (ifVersion !== undefined && ifVersion !== user.version) throw new RegistryError('STALE', 'It was changed');
    const row = { ...user, ...change, version: user.version + 1 };
    await this.check(row);
    this.users.set(userId, { user: row, passwordHash });
    return row;
  }

  setPassword(userId: string, passwordHash: string): void {
    this.users.set(userId, { ...this.secret(userId), passwordHash });
    this.endLoginsOf(userId);
  }

  deleteUser(userId: string, { ifVersion }: Expectation = {}): void {
    const { user } = this.secret(userId);
    if (ifVersion !== undefined && ifVersion !== user.version) throw new RegistryError('STALE', 'It was changed');
    const isLast = user.role === 'SYS_ADMIN' && this.listUsers(undefined, { limit: 2 }).length === 1;
    if (isLast) throw lastAdministrator(user.username);
    this.users.delete(userId);
    this.endLoginsOf(userId);
  }

  /** As in a new installation. */
  forgetUsers(): void {
    this.users.clear();
  }

  createLogin(userId: string, digest: string, expiresAt: number): Login {
    const login = { id: randomUUID(), userId, expiresAt };
    this.logins.set(login.id, { login, digest, used: new Set() });
    return login;
  }

  renewLogin(refreshDigest: string, nextDigest: string, expiresAt: number, now: number): Renewal {
    for (const stored of this.logins.values()) {
      if (stored.used.has(refreshDigest)) {
        this.logins.delete(stored.login.id);
        return { kind: 'reused' };
      }
      if (stored.digest !== refreshDigest || stored.login.expiresAt <= now) continue;
      stored.used.add(refreshDigest);
      stored.digest = nextDigest;
      stored.login = { ...stored.login, expiresAt };
      return { kind: 'renewed', login: stored.login };
    }
    return { kind: 'unknown' };
  }

  isLoginOpen(loginId: string): boolean {
    const stored = this.logins.get(loginId);
    return stored !== undefined && stored.login.expiresAt > this.now();
  }

  endLogin(loginId: string): void {
    this.logins.delete(loginId);
  }

  pruneLogins(now: number): number {
    const ended = [...this.logins.values()].filter(({ login }) => login.expiresAt <= now);
    for (const { login } of ended) this.logins.delete(login.id);
    return ended.length;
  }

  signingKeys(): readonly SigningKey[] {
    if (this.keys.length === 0) this.addSigningKey({ id: 'key-1', secret: randomBytes(32), createdAt: this.now() });
    return this.keys.toReversed();
  }

  addSigningKey(key: SigningKey): void {
    this.keys.push(key);
  }

  deleteSigningKey(keyId: string): void {
    this.keys.splice(
      this.keys.findIndex(({ id }) => id === keyId),
      1,
    );
  }

  private secret(userId: string): UserSecret {
    const secret = this.users.get(userId);
    if (secret === undefined) throw new RegistryError('NOT_FOUND', `There is no user ${userId}`);
    return secret;
  }

  private async check({ id, username, tenantId, customerId }: User): Promise<void> {
    const other = this.findUserSecret(username);
    if (other !== undefined && other.user.id !== id) {
      throw new RegistryError('ALREADY_EXISTS', `There is a user ${username} already`);
    }
    if (tenantId !== undefined && (await this.registry.findTenant(tenantId)) === undefined) {
      throw new RegistryError('NOT_FOUND', `There is no tenant ${tenantId}`);
    }
    if (customerId !== undefined && (await this.registry.findCustomer(customerId))?.tenantId !== tenantId) {
      throw new RegistryError('NOT_FOUND', `There is no customer ${customerId}`);
    }
  }

  private endLoginsOf(userId: string): void {
    for (const { login } of this.logins.values()) if (login.userId === userId) this.logins.delete(login.id);
  }
}
