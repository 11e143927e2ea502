import { integer, object, text } from './schema.js';

/** Longer ones cost time to hash and nobody types them. */
const MAX_PASSWORD = 256;

/** A password that somebody chooses. */
export function newPassword(minLength: number): ReturnType<typeof text> {
  return text({ minLength, maxLength: MAX_PASSWORD, writeOnly: true });
}

/** A password that somebody claims to have. */
const PASSWORD = text({ maxLength: MAX_PASSWORD, writeOnly: true });
const REFRESH_TOKEN = text({ maxLength: 256, description: 'Works once: the answer brings the next one.' });

export const CREDENTIALS = object({ username: text(), password: PASSWORD });
export const REFRESH = object({ refreshToken: REFRESH_TOKEN });

export const TOKEN_PAIR = object({
  token: text({ maxLength: 4_096, description: 'Access token: `Authorization: Bearer <token>`.' }),
  refreshToken: REFRESH_TOKEN,
  expiresIn: integer(1, 2 ** 31, { description: 'Seconds that `token` is valid.' }),
});

export function passwordChange(minLength: number) {
  return object({ current: PASSWORD, next: newPassword(minLength) });
}
