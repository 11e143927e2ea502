import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isTopicFilter, matchesBelow, matchesTopic } from './topic-filter.js';

describe('isTopicFilter', () => {
  test.each(['#', '+', 'a', '/', '//', 'a/#', '+/+/#', 'a/+/b', '/+', '$SYS/#', 'a b', 'v1/devices/me/rpc/request/+'])(
    '%s is one',
    (filter) => expect(isTopicFilter(filter)).toBe(true),
  );

  test.each(['', 'a#', 'a/#/b', '#/', '##', 'a+', '+a', 'a/b+/c', 'a/+#', '++'])('MQTT-29: "%s" is none', (filter) =>
    expect(isTopicFilter(filter)).toBe(false),
  );
});

describe('matchesTopic', () => {
  test.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a/b', 'a', false],
    ['a', 'a/b', false],
    ['A', 'a', false],
  ])('%s and %s: %s', (filter, topic, expected) => {
    expect(matchesTopic(filter, topic)).toBe(expected);
  });
});

describe('matchesBelow', () => {
  test.each([
    ['#', true],
    ['+/#', true],
    ['v1/#', true],
    ['v1/devices/me/#', true],
    ['v1/devices/me/', true],
    ['v1/devices/me/x/y', true],
    ['+/+/+/+', true],
    ['+/devices/+/rpc/#', true],
    ['v1/devices/me', false],
    ['+/+/+', false],
    ['v1/devices/other/rpc/#', false],
    ['v2/#', false],
    ['/v1/devices/me/#', false],
    ['$SYS/#', false],
  ])('%s: %s', (filter, expected) => {
    expect(matchesBelow(filter, 'v1/devices/me/')).toBe(expected);
  });

  test('says yes exactly when some topic below matches', () => {
    const level = fc.constantFrom('a', 'b', '+', '#', '');
    const filters = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
    const names = ['a', 'b', ''];
    const below = ['', 'a', 'b'].flatMap((one) => [
      one,
      ...names.flatMap((two) => [`${one}/${two}`, ...names.map((three) => `${one}/${two}/${three}`)]),
    ]);
    fc.assert(
      fc.property(filters.filter(isTopicFilter), (filter) => {
        expect(matchesBelow(filter, 'a/b/')).toBe(below.some((rest) => matchesTopic(filter, `a/b/${rest}`)));
      }),
      { numRuns: 500 },
    );
  });
});
