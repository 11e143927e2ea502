import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits: a digest without salt is enough to keep it by. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256, lower-case hex: how stores know refresh tokens and access tokens of devices. */
export function digestOf(secret: string | Uint8Array): string {
  return createHash('sha256').update(secret).digest('hex');
}
