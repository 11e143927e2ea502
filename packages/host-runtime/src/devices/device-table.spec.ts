import { describe, expect, test } from '@jest/globals';
import type { DeviceLink } from './device-link.js';
import { DeviceTable } from './device-table.js';

const SESSION = {} as DeviceLink;

/** A device comes with a session, and the session ends. */
function comeAndGo(table: DeviceTable, deviceId: string): void {
  const entry = table.ensure(deviceId);
  entry.sessions.push(SESSION);
  entry.sessions.pop();
  table.release(entry);
}

describe('DeviceTable', () => {
  test('knows a device as long as there is something to know of it', () => {
    const table = new DeviceTable();
    const entry = table.ensure('a');
    entry.sessions.push(SESSION);
    table.release(entry);
    expect([table.size, table.get('a'), table.isOnline('a')]).toEqual([1, entry, true]);
    entry.sessions.pop();
    table.release(entry);
    table.release(entry);
    expect([table.size, table.get('a'), table.isOnline('a'), [...table.all()]]).toEqual([0, undefined, false, []]);
  });

  test('a device that comes again has its entry again', () => {
    const table = new DeviceTable();
    const entry = table.ensure('a');
    table.release(entry);
    expect(table.ensure('a')).toBe(entry);
    expect([table.size, table.get('a')]).toEqual([1, entry]);
  });

  test('however many devices come and go, it holds no more than a thousand, or as many as are there', () => {
    const table = new DeviceTable();
    const first = table.ensure('first');
    table.release(first);
    for (let index = 0; index < 999; index++) comeAndGo(table, `device ${index}`);
    expect(table.ensure('first')).toBe(first);
    table.release(first);
    comeAndGo(table, 'one more');
    expect(table.ensure('first')).not.toBe(first);
    expect(table.size).toBe(1);
  });

  test('clearing the store touches nobody who is there', () => {
    const table = new DeviceTable();
    const present = table.ensure('present');
    present.sessions.push(SESSION);
    for (let index = 0; index < 5_000; index++) comeAndGo(table, `device ${index}`);
    expect([...table.all()]).toEqual([present]);
    expect(table.get('present')).toBe(present);
  });
});
