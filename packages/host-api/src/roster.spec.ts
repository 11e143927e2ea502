import { describe, expect, test } from '@jest/globals';
import { randomNumbers } from '@device-messaging/testkit';
import { Roster } from './roster.js';

interface Member {
  readonly name: number;
  place: number;
}

describe('Roster', () => {
  test('holds what was added and not removed, whatever the order', () => {
    const roster = new Roster<Member>();
    const expected = new Set<Member>();
    const random = randomNumbers(7);
    for (let name = 0; name < 5_000; name++) {
      const members = [...expected];
      if (members.length > 0 && random(2) === 0) {
        const gone = members[random(members.length)]!;
        roster.remove(gone);
        expected.delete(gone);
      } else {
        const member = { name, place: -1 };
        roster.add(member);
        expected.add(member);
      }
      expect(roster.size).toBe(expected.size);
    }
    expect(new Set(roster)).toEqual(expected);
  });

  test('is gone through as it is when one begins', () => {
    const roster = new Roster<Member>();
    const members = [0, 1, 2].map((name) => ({ name, place: -1 }));
    for (const member of members) roster.add(member);
    const seen: number[] = [];
    for (const member of roster) {
      seen.push(member.name);
      roster.remove(member);
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(roster.size).toBe(0);
  });
});
