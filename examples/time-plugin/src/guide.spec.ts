import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url);
const GUIDE = readFileSync(new URL('docs/guides/writing-a-plugin.md', ROOT), 'utf8');

/** The guide's blocks that begin with a file's name, as [name, text]. */
const QUOTED_FILES = [...GUIDE.matchAll(/^```ts\n\/\/ (examples\/\S+)\n(.*?)^```$/gms)].map(
  ([, file = '', text = '']) => [file, text] as const,
);

describe('the guide to writing a plugin', () => {
  it('quotes this plugin, its configuration and its test', () => {
    expect(QUOTED_FILES.map(([file]) => file)).toEqual([
      'examples/time-plugin/src/time-plugin.ts',
      'examples/time-plugin/src/time-plugin.spec.ts',
      'examples/time-plugin/src/time-configuration.ts',
    ]);
  });

  it.each(QUOTED_FILES)('quotes %s word for word', (file, text) => {
    expect(text).toBe(readFileSync(new URL(file, ROOT), 'utf8'));
  });
});
