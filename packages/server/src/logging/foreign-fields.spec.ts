import { beforeEach, describe, expect, it } from '@jest/globals';
import { PinoLogger } from './pino-logger.js';
import { ReadableLines } from './readable-lines.js';

/** Plugins choose the fields and throw what they like; a line of theirs must never throw in turn. */
describe('log lines of foreign code', () => {
  let json: string[];
  let readable: string[];
  let loggers: readonly PinoLogger[];

  beforeEach(() => {
    [json, readable] = [[], []];
    const terminal = new ReadableLines((text) => readable.push(text));
    loggers = [new PinoLogger('info', { write: (line) => void json.push(line) }), new PinoLogger('info', terminal)];
  });

  const log = (fields: Readonly<Record<string, unknown>>): void => {
    for (const logger of loggers) logger.error('Failed', fields);
  };

  it.each([
    [null, 'null'],
    ['text', '"text"'],
    [7, '7'],
    [{ code: 7 }, '{"code":7}'],
  ])('tell that %j was thrown', (error, printed) => {
    log({ error });
    expect(JSON.parse(json[0]!)).toMatchObject({ message: 'Failed', error });
    expect(readable[0]).toMatch(/^\d\d:\d\d:\d\d ERROR Failed\n/);
    expect(readable[0]?.split('\n').slice(1)).toEqual([printed, '']);
  });

  it('tell every error of several', () => {
    log({ error: new AggregateError([new Error('one'), null, new TypeError('two')], 'all of it') });
    expect(readable[0]).toMatch(/AggregateError: all of it\n[^]*\nError: one\n[^]*\nTypeError: two\n/);
  });

  it('keep level, time and message when fields have the same names', () => {
    log({ level: 7, time: 8, message: 9, own: 10 });
    const { time, ...rest } = JSON.parse(json[0]!) as Record<string, unknown>;
    expect(rest).toEqual({ level: 'error', message: 'Failed', level_: 7, time_: 8, message_: 9, own: 10 });
    expect(new Date(String(time)).toISOString()).toBe(time);
    expect(readable[0]).toMatch(/ERROR Failed level_=7 time_=8 message_=9 own=10\n$/);
    // Not in the parsed line alone: a machine that keeps the first of duplicates must read the same.
    expect(json[0]?.match(/"level":/g)).toHaveLength(1);
  });
});
