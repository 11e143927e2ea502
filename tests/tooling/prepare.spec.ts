import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeVersionProblem } from '../../scripts/node-version.mjs';
import { prepare } from '../../scripts/prepare.mjs';

describe('prepare', () => {
  let root: string;
  let done: string[];
  let codes: { install: number; build: number };

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  /** Stands in for npm and the compiler; leaves behind what they leave behind. */
  const run = async (): Promise<readonly [number, readonly string[]]> => {
    done = [];
    const step = (name: 'install' | 'build', output: string) => (): Promise<number> => {
      done.push(name);
      if (codes[name] === 0) write(output, '{}');
      return Promise.resolve(codes[name]);
    };
    const code = await prepare(root, {
      install: step('install', 'node_modules/.package-lock.json'),
      build: step('build', 'packages/one/dist/.tsbuildinfo'),
    });
    return [code, done];
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prepare-'));
    codes = { install: 0, build: 0 };
    write('package-lock.json', '{}');
    write('tsconfig.json', '{ "references": [{ "path": "packages/one" }] }');
    write('packages/one/package.json', '{}');
    write('packages/one/src/deep/index.ts', 'export {};');
    write('packages/one/src/index.spec.ts', '1;');
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('installs and builds a fresh clone, and then neither', async () => {
    expect(await run()).toEqual([0, ['install', 'build']]);
    expect(await run()).toEqual([0, []]);
  });

  it.each([
    ['a source', 'packages/one/src/deep/index.ts'],
    ['a new source', 'packages/one/src/other.ts'],
    ['a manifest', 'packages/one/package.json'],
    ['compiler settings', 'tsconfig.base.json'],
    ['an example', 'examples/two/src/index.ts'],
  ])('builds again, and does not install again, after a change of %s', async (_what, path) => {
    await run();
    write(path, '{ "changed": true }');
    expect(await run()).toEqual([0, ['build']]);
    expect(await run()).toEqual([0, []]);
  });

  it('builds again when a source is gone', async () => {
    await run();
    rmSync(join(root, 'packages/one/src/deep'), { recursive: true });
    expect(await run()).toEqual([0, ['build']]);
  });

  it('installs and builds again after a change of the lock file', async () => {
    await run();
    write('package-lock.json', '{ "changed": true }');
    expect(await run()).toEqual([0, ['install', 'build']]);
  });

  it('does nothing for a change of a spec, or of a time alone', async () => {
    await run();
    write('packages/one/src/index.spec.ts', '2;');
    utimesSync(join(root, 'packages/one/src/deep/index.ts'), 0, 0);
    expect(await run()).toEqual([0, []]);
  });

  it('makes again what someone removed', async () => {
    await run();
    rmSync(join(root, 'packages/one/dist'), { recursive: true });
    expect(await run()).toEqual([0, ['build']]);
    rmSync(join(root, 'node_modules'), { recursive: true });
    expect(await run()).toEqual([0, ['install', 'build']]);
  });

  it('ends with the code of the step that failed, and tries it again', async () => {
    codes.install = 7;
    expect(await run()).toEqual([7, ['install']]);
    codes = { install: 0, build: 2 };
    expect(await run()).toEqual([2, ['install', 'build']]);
    expect(await run()).toEqual([2, ['build']]);
    codes.build = 0;
    expect(await run()).toEqual([0, ['build']]);
  });

  it('builds again what a failed build left half new, also when the source is as before', async () => {
    await run();
    const source = readFileSync(join(root, 'packages/one/src/deep/index.ts'), 'utf8');
    write('packages/one/src/deep/index.ts', 'export');
    codes.build = 2;
    expect(await run()).toEqual([2, ['build']]);
    write('packages/one/src/deep/index.ts', source);
    codes.build = 0;
    expect(await run()).toEqual([0, ['build']]);
  });

  it('installs again what a failed installation left half new, also when the lock file is as before', async () => {
    await run();
    write('package-lock.json', '{ "changed": true }');
    codes.install = 1;
    expect(await run()).toEqual([1, ['install']]);
    write('package-lock.json', '{}');
    codes.install = 0;
    expect(await run()).toEqual([0, ['install', 'build']]);
  });

  it.each(['', '{ "lock": "', 'null', '[]', '7'])('starts over when its note is damaged: %j', async (note) => {
    await run();
    write('.prepared.json', note);
    expect(await run()).toEqual([0, ['install', 'build']]);
    expect(await run()).toEqual([0, []]);
  });
});

describe('nodeVersionProblem', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('takes Node.js %s', (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });

  it.each(['20.18.3', '18.20.8', '8.17.0'])('refuses Node.js %s', (version) => {
    expect(nodeVersionProblem(version)).toBe(`Device Messaging needs Node.js 20.19 or newer; this is ${version}.`);
  });
});
