import type { User } from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { SigningKeys } from './signing-keys.js';

const ISSUER = 'device-messaging';
const AUDIENCE = 'device-messaging/admin-api';
/** RFC 9068 section 2.1: no other kind of JWT is taken for an access token. */
const TYPE = 'at+jwt';
const ALGORITHM = 'HS256';
/** A token is some 500 characters; what is longer is not looked at. */
const MAX_LENGTH = 4_096;

/** Whose token it is, and which login it came from. Everything else is asked of the store. */
export interface TokenSubject {
  readonly userId: string;
  readonly loginId: string;
}

/** Access tokens: JWTs, signed with HMAC-SHA-256. */
export class AccessTokens {
  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
    private readonly lifeMs: number,
  ) {}

  /** What a token says beside subject and login is for the client that shows it; it is never believed. */
  async issue(user: User, loginId: string): Promise<string> {
    const key = await this.keys.forSigning();
    const now = Math.floor(this.clock.now() / 1_000);
    const { role, tenantId, customerId } = user;
    return new SignJWT({ sid: loginId, role, tenantId, customerId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.id })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(user.id)
      .setIssuedAt(now)
      .setExpirationTime(now + Math.ceil(this.lifeMs / 1_000))
      .sign(key.secret);
  }

  /** `undefined` for whatever is not a token of ours that is valid now. */
  async verify(token: string): Promise<TokenSubject | undefined> {
    if (token.length > MAX_LENGTH) return undefined;
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.secretOf(kid), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ['sub', 'exp', 'iat', 'sid'],
        currentDate: new Date(this.clock.now()),
      });
      const { sub, sid } = payload;
      return typeof sub === 'string' && typeof sid === 'string' ? { userId: sub, loginId: sid } : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  private async secretOf(kid: string | undefined): Promise<Uint8Array> {
    const key = kid === undefined ? undefined : await this.keys.find(kid);
    if (key === undefined) throw new errors.JWSSignatureVerificationFailed();
    return key.secret;
  }
}
