import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileLock } from './file-lock.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-lock-'));
  path = join(directory, 'session.lock');
});

afterEach(() => rmSync(directory, { recursive: true }));

/** The id of a process that is no more. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('a lock in a file', () => {
  it('ADC-5: lets one in at a time, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 20 }, () => new FileLock(path).run(task)));
    expect([most, readdirSync(directory)]).toEqual([1, []]);
  });

  it('is released when the task fails', async () => {
    const lock = new FileLock(path);
    await expect(lock.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await lock.run(() => Promise.resolve(existsSync(path)))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('ADC-5: takes away what a process that died has left', async () => {
    writeFileSync(path, String(deadProcess()));
    let inside = 0;
    const task = (): Promise<number> => Promise.resolve(++inside);
    await Promise.all(Array.from({ length: 5 }, () => new FileLock(path).run(task)));
    expect([inside, readdirSync(directory)]).toEqual([5, []]);
  });

  it.each([
    ['a process that lives', String(process.pid), `process ${process.pid}`],
    ['nobody knows whom', '', 'process unknown'],
  ])('ADC-33: does not wait for ever for %s, and says what to do', async (_who, content, named) => {
    writeFileSync(path, content);
    const running = new FileLock(path, 30).run(() => Promise.resolve());
    await expect(running).rejects.toThrow(`Another command keeps the session (${named}): end it, or remove ${path}.`);
    expect(existsSync(path)).toBe(true);
  });
});
