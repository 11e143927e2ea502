import { beforeEach, describe, expect, it } from '@jest/globals';
import { PinoLogger } from './pino-logger.js';
import { ReadableLines } from './readable-lines.js';

describe('PinoLogger', () => {
  let lines: string[];
  const logger = (level: 'debug' | 'warn' | 'silent') =>
    new PinoLogger(level, { write: (line) => void lines.push(line) });
  const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  beforeEach(() => {
    lines = [];
  });

  it('writes one line of JSON for each message', () => {
    logger('debug').info('A device connected', { deviceId: 'd', count: 2 });
    expect(parsed()).toEqual([
      { level: 'info', time: expect.any(String), message: 'A device connected', deviceId: 'd', count: 2 },
    ]);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
  });

  it('writes what its level lets through', () => {
    for (const level of ['debug', 'warn', 'silent'] as const) {
      const each = logger(level);
      each.debug(`${level}-debug`);
      each.info(`${level}-info`);
      each.warn(`${level}-warn`);
      each.error(`${level}-error`);
    }
    expect(parsed().map(({ message }) => message)).toEqual([
      ...['debug-debug', 'debug-info', 'debug-warn', 'debug-error'],
      ...['warn-warn', 'warn-error'],
    ]);
  });

  it('keeps secrets out', () => {
    logger('debug').warn('x', { token: 's3cret', packet: { username: 's3cret', password: 's3cret', id: 7 } });
    expect(lines[0]).not.toContain('s3cret');
    expect(parsed()[0]).toMatchObject({ token: '[redacted]', packet: { username: '[redacted]', id: 7 } });
  });

  it('writes an error with its stack', () => {
    logger('debug').error('x', { error: new TypeError('broken') });
    const { error } = parsed()[0] as { error: { type: string; message: string; stack: string } };
    expect(error).toMatchObject({ type: 'TypeError', message: 'broken' });
    expect(error.stack).toContain('pino-logger.spec');
  });

  it('survives fields that are no JSON', () => {
    const cycle: Record<string, unknown> = { big: 1n };
    cycle['self'] = cycle;
    logger('debug').info('odd', { cycle });
    expect(parsed()[0]).toMatchObject({ message: 'odd' });
  });
});

describe('ReadableLines', () => {
  it('writes time of day, level, message and fields', () => {
    const printed: string[] = [];
    const lines = new ReadableLines((text) => printed.push(text));
    lines.write('{"level":"info","time":"2026-01-02T03:04:05.678Z","message":"Up","port":1883,"at":{"a":1}}\n');
    expect(printed).toEqual(['03:04:05 INFO  Up port=1883 at={"a":1}\n']);
  });

  it("writes an error's stack below", () => {
    const printed: string[] = [];
    new PinoLogger('info', new ReadableLines((text) => printed.push(text))).error('Down', { error: new Error('why') });
    expect(printed[0]).toMatch(/ERROR Down\nError: why\n\s+at /);
  });
});
