import type { AdminContext } from '../admin-context.js';
import { noContent } from '../http/answer.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { CREDENTIALS, passwordChange, REFRESH, TOKEN_PAIR } from '../schemas/account.js';

const EVERY_ROLE = ['SYS_ADMIN', 'TENANT_ADMIN', 'CUSTOMER_USER'] as const;
const AUTH = { tag: 'Login', method: 'POST' } as const;

/** Logging in and out. */
export function authRoutes({ logins, limits }: AdminContext): readonly AnyOperation[] {
  return [
    operation({
      ...AUTH,
      path: '/auth/login',
      id: 'login',
      summary: 'Log in',
      roles: 'anyone',
      body: CREDENTIALS,
      answer: {
        status: 200,
        description: 'An access token, and a refresh token for the next one.',
        schema: TOKEN_PAIR,
      },
      refusals: [401, 429, 503],
      handle: ({ body, trace }) => logins.login(body.username, body.password, trace),
    }),
    operation({
      ...AUTH,
      path: '/auth/token',
      id: 'renewToken',
      summary: 'Exchange a refresh token for the next access token',
      description: 'A refresh token works once. One that is used again ends the login: somebody has a copy of it.',
      roles: 'anyone',
      body: REFRESH,
      answer: { status: 200, description: 'The next tokens.', schema: TOKEN_PAIR },
      refusals: [401],
      handle: ({ body, trace }) => logins.renew(body.refreshToken, trace),
    }),
    operation({
      ...AUTH,
      path: '/auth/logout',
      id: 'logout',
      summary: 'Log out',
      description: 'Ends the login: its access tokens and its refresh token are worthless.',
      roles: EVERY_ROLE,
      answer: { status: 204, description: 'Logged out.' },
      handle: async ({ caller, trace }) => {
        await logins.logout(caller, trace);
        return noContent();
      },
    }),
    operation({
      ...AUTH,
      path: '/auth/password',
      id: 'changePassword',
      summary: 'Change your password',
      description: 'Ends every login of yours, this one, too.',
      roles: EVERY_ROLE,
      body: passwordChange(limits.minPasswordLength),
      answer: { status: 204, description: 'Changed.' },
      refusals: [429, 503],
      handle: async ({ caller, body, trace }) => {
        await logins.changePassword(caller, body.current, body.next, trace);
        return noContent();
      },
    }),
  ];
}
