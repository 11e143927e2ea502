import { describe, expect, it } from '@jest/globals';
import { JsonText, coercionsOf, type Constructor } from '@device-messaging/plugin-api';
import { validateSync } from 'class-validator';
import { GetDevicesParams } from './get-devices-params.js';
import { SendMsgParams } from './send-msg-params.js';

const A2 = 'aa435e80-9fce-11e6-8080-808080808080';

/** Reads params as the SPI promises: declared members are coerced and validated, absent ones keep their initialiser. */
function read<P extends object>(type: Constructor<P>, raw: Readonly<Record<string, unknown>>): P {
  const members: Record<string, unknown> = {};
  const coercions = coercionsOf(type);
  for (const [member, value] of Object.entries(raw)) {
    const coerce = coercions.get(member);
    members[member] = coerce === undefined ? value : coerce(value);
  }
  return Object.assign(new type(), members);
}

function problemsOf(type: Constructor, raw: Readonly<Record<string, unknown>>): string {
  return validateSync(read(type, raw))
    .flatMap((error) => Object.values(error.constraints ?? {}))
    .join('; ');
}

describe('SendMsgParams', () => {
  it('MSG-9, MSG-15: a target is all it needs', () => {
    expect(problemsOf(SendMsgParams, { deviceId: A2 })).toBe('');
    expect(read(SendMsgParams, { deviceId: A2 })).toMatchObject({
      body: JsonText.NULL,
      oneway: false,
      offline: 'wait',
    });
    expect(read(SendMsgParams, { deviceId: A2 }).timeout).toBeUndefined();
  });

  it.each([
    A2,
    A2.toUpperCase(),
    'AA435e80-9FCE-11e6-8080-808080808080',
    '00000000-0000-0000-0000-000000000001',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ])('MSG-9: takes the UUID %s', (deviceId) => {
    expect(problemsOf(SendMsgParams, { deviceId })).toBe('');
  });

  it.each([
    undefined,
    null,
    '',
    'Test Device A2',
    A2.slice(1),
    `${A2}0`,
    `{${A2}}`,
    A2.replaceAll('-', ''),
    A2.replaceAll('-', '_'),
    'aa435e8-09fce-11e6-8080-808080808080',
    'ga435e80-9fce-11e6-8080-808080808080',
    '\u{ff10}a435e80-9fce-11e6-8080-808080808080',
    5,
    [A2],
    { id: A2 },
  ])('MSG-9: takes no %j for a device id', (deviceId) => {
    expect(problemsOf(SendMsgParams, deviceId === undefined ? {} : { deviceId })).toBe(
      'deviceId must be the UUID of a device',
    );
  });

  it.each([
    [2000, 2000],
    [2e3, 2000],
    ['2000', 2000],
    ['-5', -5],
    ['+5', 5],
    [0, 0],
    [-1, -1],
    [1e15, 1e15],
  ])('MSG-20: reads the timeout %j as %d', (timeout, expected) => {
    expect(problemsOf(SendMsgParams, { deviceId: A2, timeout })).toBe('');
    expect(read(SendMsgParams, { deviceId: A2, timeout }).timeout).toBe(expected);
  });

  it.each([[1.5], ['1.5'], ['2e3'], [''], [' 2000'], ['0x10'], ['2000ms'], [null], [true], [[2000]], [{}]])(
    'MSG-19, MSG-20: takes no %j for a timeout',
    (timeout) => {
      expect(problemsOf(SendMsgParams, { deviceId: A2, timeout })).toBe('timeout must be an integer (milliseconds)');
    },
  );

  it.each([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
  ])('MSG-21: reads oneway %j as %j', (oneway, expected) => {
    expect(problemsOf(SendMsgParams, { deviceId: A2, oneway })).toBe('');
    expect(read(SendMsgParams, { deviceId: A2, oneway }).oneway).toBe(expected);
  });

  it.each([['TRUE'], ['yes'], [''], [1], [0], [null], [[true]]])('MSG-19, MSG-21: takes no %j for oneway', (oneway) => {
    expect(problemsOf(SendMsgParams, { deviceId: A2, oneway })).toBe('oneway must be true or false');
  });

  it.each(['wait', 'fail'])('MSG-16: takes offline %j', (offline) => {
    expect(problemsOf(SendMsgParams, { deviceId: A2, offline })).toBe('');
  });

  it.each([['WAIT'], ['drop'], [''], [null], [false], [['wait']]])('MSG-19: takes no %j for offline', (offline) => {
    expect(problemsOf(SendMsgParams, { deviceId: A2, offline })).toBe('offline must be "wait" or "fail"');
  });

  it('MSG-19: names everything that is wrong', () => {
    const problems = problemsOf(SendMsgParams, { deviceId: 1, timeout: 'soon' });
    expect(problems).toBe('deviceId must be the UUID of a device; timeout must be an integer (milliseconds)');
  });
});

describe('GetDevicesParams', () => {
  it('MSG-1: needs none', () => {
    expect(problemsOf(GetDevicesParams, {})).toBe('');
    expect(read(GetDevicesParams, {}).fields).toEqual([]);
  });

  it.each([
    { limit: 10 },
    { limit: 1e1 },
    { after: A2 },
    { after: A2.toUpperCase() },
    { type: 'actuator' },
    { name: '' },
    { fields: [] },
    { fields: ['online', 'type', 'type'] },
  ])('MSG-3…MSG-6: takes %j', (params) => {
    expect(problemsOf(GetDevicesParams, params)).toBe('');
  });

  it.each<[Record<string, unknown>, string]>([
    [{ limit: '10' }, 'limit must be an integer'],
    [{ limit: 1.5 }, 'limit must be an integer'],
    [{ limit: null }, 'limit must be an integer'],
    [{ after: 'A2' }, 'after must be the UUID of a device'],
    [{ after: null }, 'after must be the UUID of a device'],
    [{ type: 5 }, 'type must be a string'],
    [{ type: null }, 'type must be a string'],
    [{ name: ['x'] }, 'name must be a string'],
    [{ name: null }, 'name must be a string'],
    [{ fields: 'type' }, 'fields must be an array out of "type" and "online"'],
    [{ fields: ['type', 'token'] }, 'fields must be an array out of "type" and "online"'],
    [{ fields: [null] }, 'fields must be an array out of "type" and "online"'],
    [{ fields: null }, 'fields must be an array out of "type" and "online"'],
  ])('MSG-19: refuses %j', (params, problem) => {
    expect(problemsOf(GetDevicesParams, params)).toBe(problem);
  });
});
