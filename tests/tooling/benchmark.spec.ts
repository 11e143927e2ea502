import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

describe('npm run bench', () => {
  // Whether it runs, not what it measures: figures from a machine that runs tests mean nothing.
  it('measures one line of the budget, with every answer checked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'benchmark-'));
    const file = join(folder, 'result.json');
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...[join(ROOT, 'tests/benchmarks/bench.mjs'), '--quick', '--only', 'directory', '--json', file],
      ]);
      expect(stdout).toContain('The budget');
      const { verdicts } = JSON.parse(readFileSync(file, 'utf8')) as { verdicts: { line: number; measured: number }[] };
      expect(verdicts.map(({ line }) => line)).toEqual([6, 6]);
      for (const { measured } of verdicts) expect(measured).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
