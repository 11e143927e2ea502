import { describeTimersContract } from '@device-messaging/testkit';
import { describe, expect, test } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { SystemTimers } from './system-timers.js';

describeTimersContract('SystemTimers', () => ({
  timers: new SystemTimers(),
  // The system's own clock is under test: its time passes by itself only.
  pass: (ms) => setTimeout<void>(ms + 20),
}));

describe('SystemTimers', () => {
  test('tell the time of the system', () => {
    const before = Date.now();
    const now = new SystemTimers().now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  test('do not keep the process alive', () => {
    const held = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const cancel = new SystemTimers().after(60_000, () => undefined);
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBe(held);
    cancel();
  });
});
