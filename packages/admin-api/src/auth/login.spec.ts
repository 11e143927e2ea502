import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AdminBench, PASSWORD } from '../spec-support/admin-bench.js';

const MINUTE = 60_000;

let bench: AdminBench;

beforeEach(async () => {
  bench = await AdminBench.open();
});

afterEach(() => bench.close());

async function statusWith(token: string): Promise<number> {
  return (await bench.ask('GET', '/api/events', { headers: { authorization: `Bearer ${token}` } })).status;
}

async function renew(refreshToken: string) {
  return bench.ask('POST', '/api/auth/token', { body: { refreshToken } });
}

function loginEvents(): readonly unknown[] {
  return bench.events.rows.filter(({ type }) => type === 'LOGIN').map(({ body }) => body.outcome);
}

describe('logging in', () => {
  test('ADM-1: yields an access token that is taken in both headers', async () => {
    const { status, body } = await bench.login('root');
    expect(status).toBe(200);
    expect(body).toEqual({ token: expect.any(String), refreshToken: expect.any(String), expiresIn: 900 });
    expect(await statusWith(body.token)).toBe(200);
    const ofThingsBoard = { 'x-authorization': `bearer ${body.token}` };
    expect((await bench.ask('GET', '/api/events', { headers: ofThingsBoard })).status).toBe(200);
  });

  test('ADM-1: names are taken in any case', async () => {
    expect((await bench.login('ROOT')).status).toBe(200);
  });

  test('ADM-1: a wrong password and an unknown name are refused with the same words', async () => {
    const wrong = await bench.login('root', 'wrong');
    const unknown = await bench.login('nobody', 'wrong');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body).toEqual(unknown.body);
    expect(wrong.headers['www-authenticate']).toBe('Bearer');
  });

  test('ADM-5: an unknown name costs a hash, too', async () => {
    // Users of this bench have cheap hashes; the decoy is a real one.
    const started = performance.now();
    await bench.login('nobody', 'wrong');
    await bench.login('nobody', 'wrong');
    expect(performance.now() - started).toBeGreaterThan(10);
  });

  test('ADM-2: a token ends after 15 minutes', async () => {
    const { body } = await bench.login('root');
    bench.timers.advance(15 * MINUTE - 1_000);
    expect(await statusWith(body.token)).toBe(200);
    bench.timers.advance(1_000);
    expect(await statusWith(body.token)).toBe(401);
  });
});

describe('refresh tokens', () => {
  test('ADM-3: bring the next pair, as long as they are used in time', async () => {
    const first = await bench.login('one');
    bench.timers.advance(60 * MINUTE);
    const second = await renew(first.body.refreshToken);
    expect(second.status).toBe(200);
    expect(await statusWith(second.body.token)).toBe(200);
    bench.timers.advance(7 * 24 * 60 * MINUTE);
    expect((await renew(second.body.refreshToken)).status).toBe(401);
  });

  test('ADM-3: one that is used again ends the login, with its access tokens', async () => {
    const first = await bench.login('one');
    const second = await renew(first.body.refreshToken);
    expect((await renew(first.body.refreshToken)).status).toBe(401);
    expect(await statusWith(second.body.token)).toBe(401);
    expect((await renew(second.body.refreshToken)).status).toBe(401);
    expect(loginEvents()).toContain('REFRESH_TOKEN_REUSED');
  });

  test.each(['', 'x', 'a'.repeat(256)])('ADM-3: %j is none', async (refreshToken) => {
    expect((await renew(refreshToken)).status).toBe(401);
  });

  test('ADM-3: an access token is no refresh token, nor the other way round', async () => {
    const { body } = await bench.login('one');
    expect((await renew(body.token.slice(0, 256))).status).toBe(401);
    expect(await statusWith(body.refreshToken)).toBe(401);
  });
});

describe('the end of a login', () => {
  test('ADM-4: comes with logging out, at once; other logins of the user go on', async () => {
    const { body } = await bench.login('one');
    const other = await bench.login('one');
    const headers = { authorization: `Bearer ${body.token}` };
    expect((await bench.ask('POST', '/api/auth/logout', { headers })).status).toBe(204);
    expect(await statusWith(body.token)).toBe(401);
    expect((await renew(body.refreshToken)).status).toBe(401);
    expect(await statusWith(other.body.token)).toBe(200);
  });

  test('ADM-4: comes with a new password, for every login of the user', async () => {
    const logins = [await bench.login('one'), await bench.login('one')];
    const headers = { authorization: `Bearer ${logins[0]!.body.token}` };
    const body = { current: PASSWORD, next: 'another horse' };
    expect((await bench.ask('POST', '/api/auth/password', { headers, body })).status).toBe(204);
    for (const login of logins) expect(await statusWith(login.body.token)).toBe(401);
    expect((await bench.login('one')).status).toBe(401);
    expect((await bench.login('one', 'another horse')).status).toBe(200);
    expect(bench.accounts.findUserSecret('one')?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('ADM-4: a new password needs the current one, and some length', async () => {
    const wrong = await bench.ask('POST', '/api/auth/password', {
      as: 'one',
      body: { current: 'x', next: 'long enough' },
    });
    expect([wrong.status, wrong.body.errors]).toEqual([400, [{ path: 'current', message: 'is not your password' }]]);
    const short = await bench.ask('POST', '/api/auth/password', {
      as: 'one',
      body: { current: PASSWORD, next: 'short' },
    });
    expect([short.status, short.body.errors[0]?.path]).toEqual([400, 'next']);
  });

  test('ADM-4: comes with the deletion of the user, or of the customer', async () => {
    const [user] = bench.accounts.listUsers(bench.accounts.findUserSecret('one')!.user.tenantId, { limit: 9 }).slice(1);
    await bench.token('one-customer');
    expect((await bench.ask('GET', '/api/devices', { as: 'one-customer' })).status).toBe(200);
    expect((await bench.ask('DELETE', `/api/users/${user!.id}`, { as: 'one' })).status).toBe(204);
    expect((await bench.ask('GET', '/api/devices', { as: 'one-customer' })).status).toBe(401);
  });

  test('ADM-6: what the user may do is asked of the store, whatever the token says', async () => {
    const { user } = bench.accounts.findUserSecret('one')!;
    expect((await bench.ask('GET', '/api/customers', { as: 'one' })).status).toBe(200);
    const { customerId } = bench.accounts.findUserSecret('one-customer')!.user;
    await bench.accounts.updateUser(user.id, { role: 'CUSTOMER_USER', customerId });
    expect((await bench.ask('GET', '/api/customers', { as: 'one' })).status).toBe(403);
  });
});

describe('attempts', () => {
  async function statuses(username: string, count: number, remoteAddress = '10.0.0.1') {
    const all: number[] = [];
    for (let index = 0; index < count; index++) {
      const payload = { username, password: 'wrong' };
      const { statusCode, headers } = await bench.app.inject({
        method: 'POST',
        url: '/api/auth/login',
        payload,
        remoteAddress,
      });
      all.push(statusCode);
      if (statusCode === 429) expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    return all;
  }

  test('ADM-5: of one user from one address are ten a minute; nobody else is locked out', async () => {
    expect(await statuses('one', 11)).toEqual([...Array<number>(10).fill(401), 429]);
    expect(await statuses('two', 1)).toEqual([401]);
    expect(await statuses('one', 1, '10.0.0.2')).toEqual([401]);
    expect((await bench.login('one')).status).toBe(200);
    bench.timers.advance(6_000);
    expect(await statuses('ONE', 2)).toEqual([401, 429]);
  });

  test('ADM-5: of one address are bounded, a /64 of IPv6 is one address', async () => {
    await bench.close();
    bench = await AdminBench.open({ loginsPerAddress: 3 });
    for (const [index, address] of ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:db8::3'].entries()) {
      expect(await statuses(`user-${index}`, 1, address)).toEqual([401]);
    }
    expect(await statuses('user-4', 1, '2001:db8::4')).toEqual([429]);
    expect(await statuses('user-4', 1, '2001:db8:0:1::4')).toEqual([401]);
  });

  test('ADM-5: of one user are bounded, whatever the address', async () => {
    await bench.close();
    bench = await AdminBench.open({ loginsPerUser: 3 });
    for (const host of [1, 2, 3]) expect(await statuses('one', 1, `10.0.0.${host}`)).toEqual([401]);
    expect(await statuses('one', 1, '10.0.0.4')).toEqual([429]);
  });

  test('ADM-5: that succeed do not count', async () => {
    for (let index = 0; index < 30; index++) expect((await bench.login('one')).status).toBe(200);
  });

  test('ADM-5: that come all at once are taken in turn, and refused when too many wait', async () => {
    await bench.close();
    bench = await AdminBench.open({ loginsPerUserAndAddress: 100_000 });
    const told = await Promise.all(Array.from({ length: 120 }, () => bench.login('nobody', 'wrong')));
    const count = (status: number): number => told.filter((one) => one.status === status).length;
    expect(count(401)).toBeGreaterThanOrEqual(64);
    expect(count(503)).toBeGreaterThan(0);
    expect(count(401) + count(503)).toBe(120);
    expect((await bench.login('one')).status).toBe(200);
  });

  test('ADM-40: leave an event; what was typed as the name of nobody is not written down', async () => {
    await bench.login('one');
    await bench.login('one', 'wrong-password');
    await bench.login('my-secret-password', 'wrong-password');
    const events = bench.events.rows.filter(({ type }) => type === 'LOGIN');
    expect(events.map(({ body, entityId }) => [body.outcome, entityId !== undefined])).toEqual([
      ['LOGGED_IN', true],
      ['REFUSED', true],
      ['REFUSED', false],
    ]);
    expect(JSON.stringify(events)).not.toMatch(/my-secret-password|wrong-password/);
  });
});
