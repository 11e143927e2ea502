import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StartError } from '../start-error.js';
import { readConfigFile } from './config-file.js';

describe('readConfigFile', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-file-'));
    file = join(directory, 'config.yml');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const read = (yaml: string): unknown => {
    writeFileSync(file, yaml);
    return readConfigFile(file);
  };

  const refusalOf = (yaml: string): readonly string[] => {
    try {
      read(yaml);
    } catch (error) {
      if (error instanceof StartError) return error.lines;
      throw error;
    }
    return [];
  };

  it('lets sections share settings by an alias', () => {
    expect(read('mqtt: { bindAddress: &here 10.0.0.1 }\nhttp: { bindAddress: *here }\n')).toEqual({
      mqtt: { bindAddress: '10.0.0.1' },
      http: { bindAddress: '10.0.0.1' },
    });
  });

  it.each([
    [
      'several documents',
      'logLevel: info\n---\nlogLevel: warn\n',
      ':2:1: must be one YAML document, there are several',
    ],
    ['a set', '!!set { mqtt }\n', ':1:1: Unresolved tag: tag:yaml.org,2002:set'],
    ['a tag that nothing knows', 'dataDir: !path data\n', ':1:10: Unresolved tag: !path'],
    ['an alias of nothing', 'mqtt: *other\n', ': Unresolved alias (the anchor must be set before the alias): other'],
    ['an alias within its own anchor', 'mqtt: &m { limits: *m }\n', ': Converting circular structure to JSON'],
  ])('refuses %s in one line that says where', (_what, yaml, line) => {
    expect(refusalOf(yaml)).toEqual([`${file}${line}`]);
  });

  it('refuses aliases that multiply', () => {
    const levels = Array.from({ length: 20 }, (_, level) => {
      const below = level === 0 ? 'x' : `*a${level - 1}, *a${level - 1}, *a${level - 1}`;
      return `a${level}: &a${level} [${below}]`;
    });
    expect(refusalOf(levels.join('\n'))[0]).toContain('Excessive alias count');
  });
});
