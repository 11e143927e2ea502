import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as testkit from './index.js';

const PACKAGE = new URL('../', import.meta.url);
const README = readFileSync(new URL('README.md', PACKAGE), 'utf8');

describe('the README', () => {
  test('quotes an example that is run as a test, word for word', () => {
    const [, file = '', text] = /^```ts\n\/\/ (src\/\S+)\n(.*?)^```$/ms.exec(README) ?? [];
    expect(text).toBe(readFileSync(new URL(file, PACKAGE), 'utf8'));
  });

  test('names in its table what the package exports', () => {
    const table = README.split('\n').filter((line) => line.startsWith('|'));
    const named = table.flatMap((line) => [...line.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !(name in testkit))).toEqual([]);
  });
});
