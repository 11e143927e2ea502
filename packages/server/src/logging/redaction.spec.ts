import { beforeEach, describe, expect, it } from '@jest/globals';
import { PinoLogger } from './pino-logger.js';
import { redactedText } from './redacted-text.js';

const SECRET = 's3cr3t';

describe('the log', () => {
  let lines: string[];
  let logger: PinoLogger;

  beforeEach(() => {
    lines = [];
    logger = new PinoLogger('debug', { write: (line) => void lines.push(line) });
  });

  const logged = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    logger.error('Line', fields);
    return JSON.parse(lines.at(-1)!) as Record<string, unknown>;
  };

  it.each([
    'token',
    'accessToken',
    'refresh_token',
    'X-Authorization',
    'authorization',
    'password',
    'newPassword',
    'passwordHash',
    'PASSWORD',
    'client_secret',
    'set-cookie',
    'api-key',
    'privateKey',
    'credentials',
    'tokens',
    'username',
    'databaseUrl',
    'DATABASE_URL',
  ])('OPS-10: blots out members called %s, at any depth', (name) => {
    const fields = { [name]: SECRET, a: { b: [{ c: { d: { [name]: { any: SECRET } } } }] } };
    expect(logged(fields)).toMatchObject({ [name]: '[redacted]', a: { b: [{ c: { d: { [name]: '[redacted]' } } }] } });
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('OPS-10: blots them out in errors, in what those carry, and in their causes', () => {
    const cause = Object.assign(new Error(`GET http://h/api/v1/${SECRET}/rpc`), { response: { token: SECRET } });
    const config = { headers: { Authorization: `Bearer ${SECRET}` } };
    const error = Object.assign(new AggregateError([cause], 'several', { cause }), { config });
    const { error: told } = logged({ error, other: error });
    expect(told).toMatchObject({ type: 'AggregateError', config: { headers: { Authorization: '[redacted]' } } });
    expect((told as { stack: string }).stack).toContain('redaction.spec');
    expect(lines.join('')).not.toContain(SECRET);
  });

  it.each([
    ['a path of the device API', `/api/v1/${SECRET}/rpc?timeout=1`, '/api/v1/[redacted]/rpc?timeout=1'],
    ['a path that ends with it', `coap://h/api/v1/${SECRET}`, 'coap://h/api/v1/[redacted]'],
    ['a path without one', '/api/v1/me/rpc', '/api/v1/me/rpc'],
    ['a URL', `postgres://me:${SECRET}@db:5432/x`, 'postgres://[redacted]@db:5432/x'],
    ['a URL with odd characters in it', `postgres://me:a/?#@${SECRET}@db/x`, 'postgres://[redacted]@db/x'],
    ['a URL with quotes in it', `postgres://me:a"b\\${SECRET}@db/x`, 'postgres://[redacted]@db/x'],
    ['a URL of MQTT', `mqtt://${SECRET}@h`, 'mqtt://[redacted]@h'],
    ['a header', `authorization: bearer ${SECRET}, x`, 'authorization: bearer [redacted], x'],
    ['a JWT', `got eyJhbGciOi.eyJzdWIi.${SECRET}!`, 'got [redacted]!'],
    ['nothing', 'http://h:80/health', 'http://h:80/health'],
  ])('OPS-10: blots out what looks like a secret in a text: %s', (_where, text, expected) => {
    expect(logged({ text, error: new Error(text) })).toMatchObject({ text: expected, error: { message: expected } });
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('OPS-11: is not held up by texts that are made of beginnings', () => {
    const before = performance.now();
    for (const part of ['://', 'api/v1/', 'bearer ', 'eyJ.', '://a:', 'eyJa.eyJ']) redactedText(part.repeat(2_000));
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('OPS-11: a line is bounded, whatever a device or a plugin put into it', () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`member${n}`, n]));
    const cycle: Record<string, unknown> = {};
    for (let n = 0; n < 20; n++) cycle[`again${n}`] = cycle;
    for (const value of ['x'.repeat(1_000_000), wide, Object.values(wide), cycle, { ['n'.repeat(1_000_000)]: 1 }]) {
      expect(logged({ value }).message).toBe('Line');
      expect(lines.at(-1)!.length).toBeLessThan(20_000);
    }
    logged({ method: 'x'.repeat(5_000) });
    expect(lines.at(-1)).toContain(`${'x'.repeat(4_096)}…`);
  });

  it('OPS-11: a line is written, whatever its fields are', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no keys');
        },
      },
    );
    const getter = {
      get value(): never {
        throw new Error('no value');
      },
    };
    const frozen = Object.freeze(new TypeError('cold'));
    const odd = { big: 1n, when: new Date(0), never: new Date(NaN), bytes: Buffer.from(SECRET), call: () => SECRET };
    expect(logged({ hostile, getter, error: frozen, ...odd, nan: NaN, nothing: null })).toMatchObject({
      hostile: {},
      getter: { value: '[unreadable]' },
      error: { type: 'TypeError', message: 'cold', stack: expect.stringContaining('redaction.spec') },
      big: '1',
      when: '1970-01-01T00:00:00.000Z',
      never: null,
      bytes: '6 bytes',
      nan: null,
      nothing: null,
    });
    expect(lines.join('')).not.toContain(SECRET);
  });
});
