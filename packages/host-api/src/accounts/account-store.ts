import type { Awaitable } from '@device-messaging/plugin-api';
import type { Change, Expectation, New, Page } from '../registry/registry-admin.js';
import type { User } from './user.js';

/** A user with the hash of the password (argon2id, PHC string format): for whoever checks passwords, and nobody else. */
export interface UserSecret {
  readonly user: User;
  readonly passwordHash: string;
}

/** A login: what a refresh token renews and a logout ends. Access tokens name it; when it is over they are worthless. */
export interface Login {
  readonly id: string;
  readonly userId: string;
  /** Epoch ms: when it ends if it is not renewed before. */
  readonly expiresAt: number;
}

/** A key that access tokens are signed with. All nodes use the same ones. */
export interface SigningKey {
  /** Named by tokens (`kid`). */
  readonly id: string;
  /** 32 random bytes or more, for HMAC-SHA-256. */
  readonly secret: Uint8Array;
  /** Epoch ms. The youngest one signs; older ones verify. */
  readonly createdAt: number;
}

/** What became of a refresh token. `reused`: it was used before, so somebody has a copy; the login is ended. */
export type Renewal = { readonly kind: 'renewed'; readonly login: Login } | { readonly kind: 'unknown' | 'reused' };

/**
 * Users, their logins and the keys that sign their tokens. Durable when a method returns; refusals are `RegistryError`s.
 * Users of a deleted tenant or customer are deleted with it, and with a user its logins.
 */
export interface AccountStore {
  /** `ALREADY_EXISTS` when the name is taken, `NOT_FOUND` when tenant or customer do not exist or do not belong together. */
  createUser(user: New<User>, passwordHash: string): Awaitable<User>;
  findUser(userId: string): Awaitable<User | undefined>;
  /** By name, in any case. */
  findUserSecret(username: string): Awaitable<UserSecret | undefined>;
  /** `tenantId` undefined: system administrators. */
  listUsers(tenantId: string | undefined, page: Page): Awaitable<readonly User[]>;
  updateUser(
    userId: string,
    change: Change<User, 'username' | 'role' | 'customerId'>,
    expected?: Expectation,
  ): Awaitable<User>;
  /** Ends every login of the user. */
  setPassword(userId: string, passwordHash: string): Awaitable<void>;
  /** `IN_USE`: it is the last system administrator, who is not deleted, whoever deletes the others at the same moment. */
  deleteUser(userId: string, expected?: Expectation): Awaitable<void>;

  /** @param refreshDigest SHA-256 of the refresh token, lower-case hex */
  createLogin(userId: string, refreshDigest: string, expiresAt: number): Awaitable<Login>;
  /** Exchanges a refresh token for the next one: each works once. */
  renewLogin(refreshDigest: string, nextDigest: string, expiresAt: number, now: number): Awaitable<Renewal>;
  /** Whether the login goes on. Asked for every request: the store answers from memory for up to a second. */
  isLoginOpen(loginId: string): Awaitable<boolean>;
  endLogin(loginId: string): Awaitable<void>;
  /** Removes logins that ended before `now`. Yields how many. */
  pruneLogins(now: number): Awaitable<number>;

  /** All keys, youngest first. The first caller makes one, and all nodes get the same. */
  signingKeys(): Awaitable<readonly SigningKey[]>;
  addSigningKey(key: SigningKey): Awaitable<void>;
  deleteSigningKey(keyId: string): Awaitable<void>;
}

export const AccountStore: unique symbol = Symbol.for('device-messaging:AccountStore');
