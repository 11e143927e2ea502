import { describe, expect, test } from '@jest/globals';
import { OpenLogins } from './open-logins.js';

describe('OpenLogins', () => {
  test('SQL-22 answers from memory for a second, one question for all who ask meanwhile', async () => {
    let now = 0;
    const asked: string[] = [];
    const logins = new OpenLogins(
      (id) => {
        asked.push(id);
        return Promise.resolve(true);
      },
      () => now,
    );
    await Promise.all([logins.isOpen('one'), logins.isOpen('one')]);
    now = 999;
    expect(logins.isOpen('one')).toBe(true);
    expect(asked).toEqual(['one']);
    now = 1_000;
    await logins.isOpen('one');
    expect(asked).toEqual(['one', 'one']);
  });

  test('SQL-22 does not keep an answer that was asked for before a login ended', async () => {
    const answers: ((isOpen: boolean) => void)[] = [];
    const logins = new OpenLogins(
      () => new Promise((resolve) => answers.push(resolve)),
      () => 0,
    );
    const early = logins.isOpen('one');
    logins.forgetAll();
    const late = logins.isOpen('one');
    answers[0]!(true);
    expect(await early).toBe(true);
    answers[1]!(false);
    expect(await late).toBe(false);
    expect(logins.isOpen('one')).toBe(false);
  });

  test('asks again after a question that failed, and remembers no more than it may', async () => {
    let asked = 0;
    const logins = new OpenLogins(
      () => (asked++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve(true)),
      () => 0,
    );
    await expect(Promise.resolve(logins.isOpen('one'))).rejects.toThrow('away');
    expect(await logins.isOpen('one')).toBe(true);
    for (let index = 0; index < 10_000; index++) await logins.isOpen(`login-${index}`);
    asked = 1;
    await logins.isOpen('one');
    expect(asked).toBe(2);
  });
});
