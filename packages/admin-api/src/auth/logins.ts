import type { AccountStore, User } from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import type { AdminLimits } from '../admin-limits.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Trace } from '../audit/trace.js';
import { invalid, unauthorized } from '../problem/problem.js';
import type { AccessTokens } from './access-tokens.js';
import type { Caller } from './caller.js';
import type { LoginLimiter } from './login-limiter.js';
import type { PasswordHasher } from './password-hasher.js';
import { digestOf, newRefreshToken } from './refresh-token.js';

/** What a login yields. */
export interface TokenPair {
  readonly token: string;
  readonly refreshToken: string;
  /** Seconds that `token` is valid, as in OAuth 2. */
  readonly expiresIn: number;
}

/** What logins hang on. */
export interface LoginParts {
  readonly accounts: AccountStore;
  readonly tokens: AccessTokens;
  readonly hasher: PasswordHasher;
  readonly limiter: LoginLimiter;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly limits: Pick<AdminLimits, 'accessTokenMs' | 'refreshTokenMs'>;
}

/** Logs users in and out. */
export class Logins {
  constructor(private readonly parts: LoginParts) {}

  /** @throws Problem 401, or 429 when too often */
  async login(username: string, password: string, trace: Trace): Promise<TokenPair> {
    const { accounts, audit, limits, clock } = this.parts;
    const found = await this.checked(username, password, trace);
    const refreshToken = newRefreshToken();
    const login = await accounts.createLogin(found.id, digestOf(refreshToken), clock.now() + limits.refreshTokenMs);
    audit.login('LOGGED_IN', found, trace);
    return this.pair(found, login.id, refreshToken);
  }

  /** Exchanges a refresh token for the next one. One that was used before ends the login: somebody has a copy. */
  async renew(refreshToken: string, trace: Trace): Promise<TokenPair> {
    const { accounts, audit, limits, clock } = this.parts;
    const next = newRefreshToken();
    const now = clock.now();
    const renewal = await accounts.renewLogin(digestOf(refreshToken), digestOf(next), now + limits.refreshTokenMs, now);
    if (renewal.kind === 'reused') audit.login('REFRESH_TOKEN_REUSED', undefined, trace);
    const user = renewal.kind === 'renewed' ? await accounts.findUser(renewal.login.userId) : undefined;
    if (renewal.kind !== 'renewed' || user === undefined) {
      throw unauthorized('The refresh token is not valid any more: log in again.');
    }
    return this.pair(user, renewal.login.id, next);
  }

  async logout(caller: Caller, trace: Trace): Promise<void> {
    await this.parts.accounts.endLogin(caller.loginId);
    this.parts.audit.login('LOGGED_OUT', { ...caller, id: caller.userId }, trace);
  }

  /** Ends every login of the user, this one, too. */
  async changePassword(caller: Caller, current: string, next: string, trace: Trace): Promise<void> {
    const { accounts, hasher, limiter, audit } = this.parts;
    const succeeded = limiter.attempt(caller.username, trace.address);
    const secret = await accounts.findUserSecret(caller.username);
    if (!(await hasher.verify(secret?.passwordHash, current))) {
      throw invalid('current', 'is not your password');
    }
    succeeded();
    await accounts.setPassword(caller.userId, await hasher.hash(next));
    audit.login('PASSWORD_CHANGED', { ...caller, id: caller.userId }, trace);
  }

  private async checked(username: string, password: string, trace: Trace): Promise<User> {
    const { accounts, hasher, limiter, audit } = this.parts;
    const succeeded = limiter.attempt(username, trace.address);
    const secret = await accounts.findUserSecret(username);
    const isRight = await hasher.verify(secret?.passwordHash, password);
    if (secret === undefined || !isRight) {
      audit.login('REFUSED', secret?.user, trace);
      throw unauthorized('User name or password is wrong.');
    }
    succeeded();
    return secret.user;
  }

  private async pair(user: User, loginId: string, refreshToken: string): Promise<TokenPair> {
    const token = await this.parts.tokens.issue(user, loginId);
    return { token, refreshToken, expiresIn: Math.ceil(this.parts.limits.accessTokenMs / 1_000) };
  }
}
