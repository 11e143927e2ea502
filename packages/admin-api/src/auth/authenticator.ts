import type { AccountStore } from '@device-messaging/host-api';
import type { IncomingHttpHeaders } from 'node:http';
import { unauthorized } from '../problem/problem.js';
import type { AccessTokens } from './access-tokens.js';
import type { Caller } from './caller.js';

const SCHEME = /^bearer +([^\s]+)$/i;
/** Longer headers are not even compared with a pattern. */
const MAX_HEADER = 5_000;

/** Finds out who asks. */
export class Authenticator {
  constructor(
    private readonly accounts: AccountStore,
    private readonly tokens: AccessTokens,
  ) {}

  /** @throws Problem 401 */
  async authenticate(headers: IncomingHttpHeaders): Promise<Caller> {
    const token = bearerOf(headers);
    if (token === undefined) throw unauthorized('Send an access token: Authorization: Bearer <token>.');
    const subject = await this.tokens.verify(token);
    // One text for every reason: whoever forges tokens learns nothing of how far they got.
    if (subject === undefined) throw unauthorized(NOT_VALID);
    const { userId, loginId } = subject;
    const [isOpen, user] = await Promise.all([this.accounts.isLoginOpen(loginId), this.accounts.findUser(userId)]);
    if (!isOpen || user === undefined) throw unauthorized(NOT_VALID);
    const { username, role, tenantId, customerId } = user;
    return { userId: user.id, username, role, tenantId, customerId, loginId };
  }
}

const NOT_VALID = 'The access token is not valid, or its login is over: log in again.';

/** RFC 6750 section 2.1; ThingsBoard's clients send the same in `X-Authorization`. */
function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers.authorization ?? headers['x-authorization'];
  if (typeof header !== 'string' || header.length > MAX_HEADER) return undefined;
  return SCHEME.exec(header)?.[1];
}
