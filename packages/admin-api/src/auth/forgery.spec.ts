import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { AdminBench } from '../spec-support/admin-bench.js';

let bench: AdminBench;
let token: string;

beforeAll(async () => {
  bench = await AdminBench.open();
  token = await bench.token('root');
});

afterAll(() => bench.close());

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

async function status(forged: string): Promise<number> {
  const { status: code, text } = await bench.ask('GET', '/api/tenants', {
    headers: { authorization: `Bearer ${forged}` },
  });
  if (code === 401) expect(text).not.toContain('kid');
  return code;
}

function parts(): { header: Record<string, unknown>; payload: Record<string, unknown>; signature: string } {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return { header: decode(header), payload: decode(payload), signature };
}

function signed(header: object, payload: object, secret: Uint8Array): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function key(): Uint8Array {
  return bench.accounts.signingKeys()[0]!.secret;
}

describe('ADM-2: an access token', () => {
  test('that is ours is taken, and this suite can sign one', async () => {
    const { header, payload } = parts();
    expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' });
    expect(await status(token)).toBe(200);
    expect(await status(signed(header, payload, key()))).toBe(200);
  });

  test('without a signature is refused', async () => {
    const { header, payload, signature } = parts();
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      expect(await status(`${encode({ ...header, alg })}.${encode(payload)}.`)).toBe(401);
      expect(await status(`${encode({ ...header, alg })}.${encode(payload)}.${signature}`)).toBe(401);
    }
    expect(await status(`${encode(header)}.${encode(payload)}.`)).toBe(401);
    expect(await status(`${encode(header)}.${encode(payload)}`)).toBe(401);
  });

  test('of another algorithm is refused, whatever it is signed with', async () => {
    const { payload } = parts();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const byRsa = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'key-1' })
      .sign(rsa.privateKey);
    expect(await status(byRsa)).toBe(401);
    // The public key as a secret: what libraries fall for that let the token choose.
    const pem = Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(await status(signed({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' }, payload, pem))).toBe(401);
    for (const alg of ['HS384', 'HS512']) {
      const other = await new SignJWT(payload)
        .setProtectedHeader({ alg, typ: 'at+jwt', kid: 'key-1' })
        .sign(randomBytes(64));
      expect(await status(other)).toBe(401);
    }
    expect(await status(signed({ alg: 'HS384', typ: 'at+jwt', kid: 'key-1' }, payload, key()))).toBe(401);
  });

  test.each([
    ['that nobody has', { kid: 'key-2' }],
    ['none', { kid: undefined }],
    ['a path', { kid: '../../../dev/null' }],
    ['SQL', { kid: "' OR 1=1 --" }],
    ['the name of a built-in member', { kid: '__proto__' }],
    ['a number', { kid: 1 }],
    ['its own key', { kid: 'key-1', jwk: { kty: 'oct', k: '' }, crit: ['jwk'] }],
  ])('with a key id: %s, is refused', async (_what, change) => {
    const { header, payload } = parts();
    expect(await status(signed({ ...header, ...change }, payload, new Uint8Array()))).toBe(401);
    if (change.kid !== 'key-1') expect(await status(signed({ ...header, ...change }, payload, key()))).toBe(401);
  });

  test.each([
    ['another type', { typ: 'JWT' }, {}],
    ['no type', { typ: undefined }, {}],
    ['another issuer', {}, { iss: 'somebody' }],
    ['another audience', {}, { aud: 'device' }],
    ['no expiry', {}, { exp: undefined }],
    ['an expiry that is past', {}, { exp: 1_000 }],
    ['an expiry that is no number', {}, { exp: 'never' }],
    ['a start in the future', {}, { nbf: 99_999_999_999 }],
    ['no login', {}, { sid: undefined }],
    ['the login of nobody', {}, { sid: '00000000-0000-4000-8000-000000000000' }],
    ['an object for a login', {}, { sid: { toString: 'x' } }],
    ['the user of nobody', {}, { sub: '00000000-0000-4000-8000-000000000000' }],
    ['no user', {}, { sub: undefined }],
  ])('with %s is refused, though it is signed well', async (_what, headerChange, payloadChange) => {
    const { header, payload } = parts();
    expect(await status(signed({ ...header, ...headerChange }, { ...payload, ...payloadChange }, key()))).toBe(401);
  });

  test('that was edited is refused: no user becomes another', async () => {
    const { header, payload, signature } = parts();
    const { user } = bench.accounts.findUserSecret('one')!;
    expect(await status(`${encode(header)}.${encode({ ...payload, sub: user.id })}.${signature}`)).toBe(401);
    expect(await status(token.slice(0, -2))).toBe(401);
    expect(await status(`${token}A`)).toBe(401);
    expect(await status(`${token}.${token}`)).toBe(401);
  });

  test('ADM-6: with another role is taken for what the user is', async () => {
    const { header, payload } = parts();
    const { user } = bench.accounts.findUserSecret('one')!;
    const login = bench.accounts.createLogin(user.id, 'x', Number.MAX_SAFE_INTEGER);
    const claims = { ...payload, sub: user.id, sid: login.id, role: 'SYS_ADMIN', tenantId: undefined };
    expect(await status(signed(header, claims, key()))).toBe(403);
  });

  test.each(['', 'x', 'a.b.c', '...', '\u00e9', `${'a'.repeat(4_000)}.b.c`, 'null', '{}.{}.{}'])(
    '%j is none',
    async (text) => {
      expect(await status(text)).toBe(401);
    },
  );

  test('that is long beyond reason is not looked at', async () => {
    const { header, payload } = parts();
    expect(await status(signed(header, { ...payload, padding: 'x'.repeat(4_000) }, key()))).toBe(401);
  });

  test.each([
    ['another scheme', { authorization: 'Basic cm9vdDpyb290' }],
    ['no scheme', (valid: string) => ({ authorization: valid })],
    ['two tokens', (valid: string) => ({ authorization: `Bearer ${valid} ${valid}` })],
    ['a query', {}],
  ])('in the wrong place is refused: %s', async (_where, headers) => {
    const given = typeof headers === 'function' ? headers(token) : headers;
    expect((await bench.ask('GET', '/api/tenants', { headers: given as Record<string, string> })).status).toBe(401);
    expect((await bench.ask('GET', `/api/tenants?token=${token}`)).status).toBe(401);
  });

  test('of a key that was added by another node is taken at once; of one that was removed, not for long', async () => {
    const { header, payload } = parts();
    const secret = randomBytes(32);
    bench.timers.advance(1_000);
    bench.accounts.addSigningKey({ id: 'key-2', secret, createdAt: bench.timers.now() });
    const byNew = signed({ ...header, kid: 'key-2' }, payload, secret);
    expect(await status(byNew)).toBe(200);
    expect(decode((await bench.login('root')).body.token.split('.')[0]!).kid).toBe('key-2');
    bench.accounts.deleteSigningKey('key-2');
    bench.timers.advance(30_000);
    expect(await status(byNew)).toBe(401);
  });

  test('cannot be had while the store has no answer, and can again afterwards', async () => {
    const failing = await AdminBench.open();
    const { signingKeys } = failing.accounts;
    failing.accounts.signingKeys = () => {
      throw new Error('down');
    };
    expect((await failing.login('root')).status).toBe(500);
    failing.accounts.signingKeys = signingKeys;
    expect((await failing.login('root')).status).toBe(200);
    expect(failing.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    await failing.close();
  });
});
