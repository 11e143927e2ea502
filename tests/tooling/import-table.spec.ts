import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const PACKAGES = [
  ...['plugin-api', 'host-api', 'messaging-plugin', 'host-runtime', 'transport-mqtt', 'transport-http'],
  ...['registry-sql', 'cluster-nats', 'admin-api', 'device-client', 'testkit', 'server'],
];

/** [file, what it imports, the rule that must refuse it or `undefined`] */
const IMPORTS: readonly (readonly [string, string, string | undefined])[] = [
  // What the table allows.
  ['packages/host-api/src/a.ts', '@device-messaging/plugin-api', undefined],
  ['packages/messaging-plugin/src/a.ts', '@device-messaging/plugin-api', undefined],
  ['packages/host-runtime/src/a.ts', '@device-messaging/host-api', undefined],
  ['packages/transport-mqtt/src/a.ts', '@device-messaging/host-api', undefined],
  ['packages/server/src/a.ts', '@device-messaging/transport-mqtt', undefined],
  ['packages/messaging-plugin/src/a.spec.ts', '@device-messaging/testkit', undefined],
  ['packages/transport-mqtt/src/a.spec.ts', '@device-messaging/host-runtime', undefined],
  ['packages/host-runtime/src/b.ts', 'declared', undefined],
  ['packages/host-runtime/src/a.spec.ts', 'development', undefined],
  // The other half of a circle, which is refused where it is met first.
  ['packages/host-runtime/src/bad-4.ts', './bad-3.js', undefined],
  ['examples/one/src/a.ts', '@device-messaging/host-runtime', undefined],
  ['tests/e2e/a.ts', '@device-messaging/plugin-api', undefined],
  // What it refuses.
  ['packages/plugin-api/src/bad-1.ts', '@device-messaging/host-api', 'table:plugin-api'],
  ['packages/host-api/src/bad-1.ts', '@device-messaging/host-runtime', 'table:host-api'],
  ['packages/messaging-plugin/src/bad-1.ts', '@device-messaging/host-api', 'table:messaging-plugin'],
  ['packages/messaging-plugin/src/bad-2.ts', '@device-messaging/testkit', 'table:messaging-plugin'],
  ['packages/transport-mqtt/src/bad-1.ts', '@device-messaging/host-runtime', 'table:transport-[^/]+'],
  ['packages/transport-mqtt/src/bad-2.ts', '@device-messaging/transport-http', 'table:transport-[^/]+'],
  ['packages/transport-mqtt/src/bad-3.ts', '@device-messaging/messaging-plugin', 'table:transport-[^/]+'],
  ['packages/registry-sql/src/bad-1.ts', '@device-messaging/host-runtime', 'table:registry-[^/]+'],
  ['packages/cluster-nats/src/bad-1.ts', '@device-messaging/registry-sql', 'table:cluster-[^/]+'],
  ['packages/device-client/src/bad-1.ts', '@device-messaging/host-api', 'table:device-client'],
  ['packages/host-runtime/src/bad-1.ts', '@device-messaging/messaging-plugin', 'table:host-runtime'],
  ['packages/host-runtime/src/bad-2.ts', '@device-messaging/transport-mqtt', 'table:host-runtime'],
  ['packages/admin-api/src/bad-1.ts', '@device-messaging/host-runtime', 'table:admin-api'],
  ['packages/testkit/src/bad-1.ts', '@device-messaging/host-runtime', 'table:testkit'],
  ['packages/messaging-plugin/src/bad-3.spec.ts', '@device-messaging/transport-mqtt', 'table-specs:messaging-plugin'],
  ['packages/transport-mqtt/src/bad-4.ts', '@device-messaging/server', 'server-is-imported-by-nobody'],
  ['examples/one/src/bad-1.ts', '@device-messaging/server', 'server-is-imported-by-nobody'],
  ['tests/e2e/bad-1.ts', '@device-messaging/server', 'server-is-imported-by-nobody'],
  ['packages/stray/src/bad-1.ts', '@device-messaging/plugin-api', 'only-packages-of-the-table'],
  ['packages/host-api/src/bad-2.ts', '../../plugin-api/src/inner.js', 'no-deep-imports'],
  ['packages/host-api/src/bad-3.ts', '../../plugin-api/src/index.js', 'packages-by-name'],
  ['examples/one/src/bad-2.ts', '../../../packages/plugin-api/src/inner.js', 'no-deep-imports'],
  ['examples/one/src/bad-3.ts', '../../two/src/index.js', 'examples-stand-alone'],
  ['tests/e2e/bad-2.ts', '../../packages/plugin-api/src/inner.js', 'no-deep-imports-from-tests'],
  ['packages/host-runtime/src/bad-3.ts', './bad-4.js', 'no-circular'],
  ['packages/host-runtime/src/bad-5.ts', './a.spec.js', 'no-spec-in-shipped-code'],
  ['packages/host-runtime/src/bad-6.ts', 'development', 'no-dev-dependency-in-shipped-code'],
  ['packages/host-runtime/src/bad-7.ts', 'undeclared', 'no-dev-dependency-in-shipped-code'],
  ['packages/host-runtime/src/bad-8.ts', 'nowhere', 'not-to-unresolvable'],
  ['packages/host-api/src/bad-4.ts', '@device-messaging/plugin-api/src/inner.js', 'not-to-unresolvable'],
];

describe('the import table', () => {
  let tree: string;
  let refused: ReadonlyMap<string, readonly string[]>;

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'import-table-'));
    plant(tree);
    refused = cruise(tree);
  }, 60_000);

  afterAll(() => rmSync(tree, { recursive: true }));

  it.each(IMPORTS.filter(([, , rule]) => rule === undefined))('lets %s import %s', (file) => {
    expect(refused.get(file) ?? []).toEqual([]);
  });

  it.each(IMPORTS.filter(([, , rule]) => rule !== undefined))('refuses that %s imports %s: %s', (file, _to, rule) => {
    expect(refused.get(file) ?? []).toContain(rule);
  });

  it('has an example here for every one of its rules', () => {
    const exercised = new Set([...refused.values()].flat());
    const config = join(ROOT, '.dependency-cruiser.cjs');
    const script = `console.log(JSON.stringify(require(${JSON.stringify(config)}).forbidden.map(({ name }) => name)))`;
    const rules = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as string[];
    const bySpecsAlone = rules.filter((name) => name.startsWith('table-specs:'));
    expect(rules.filter((name) => !exercised.has(name) && !bySpecsAlone.includes(name))).toEqual(['table:console']);
  });
});

/** A repository of the same shape, with one file for every import above. */
function plant(tree: string): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  };
  write('package.json', JSON.stringify({ name: 'fixture', devDependencies: { development: '1.0.0' } }));
  write(
    'tsconfig.tests.json',
    JSON.stringify({ compilerOptions: { module: 'NodeNext', customConditions: ['source'] } }),
  );
  for (const name of PACKAGES) {
    const exported = { '.': { source: './src/index.ts', default: './dist/index.js' } };
    const dependencies = Object.fromEntries(
      ['declared', ...PACKAGES.map((other) => `@device-messaging/${other}`)].map((each) => [each, '1.0.0']),
    );
    const manifest = { name: `@device-messaging/${name}`, type: 'module', exports: exported, dependencies };
    write(`packages/${name}/package.json`, JSON.stringify(manifest));
    write(`packages/${name}/src/index.ts`, 'export {};\n');
    write(`packages/${name}/src/inner.ts`, 'export {};\n');
    mkdirSync(join(tree, 'node_modules/@device-messaging'), { recursive: true });
    symlinkSync(`../../packages/${name}`, join(tree, `node_modules/@device-messaging/${name}`));
  }
  for (const name of ['declared', 'development', 'undeclared']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  write('examples/two/src/index.ts', 'export {};\n');
  for (const [file, imported] of IMPORTS) write(file, `import '${imported}';\n`);
}

/** The names of the rules that every file breaks. */
function cruise(tree: string): ReadonlyMap<string, readonly string[]> {
  const script = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(ROOT, '.dependency-cruiser.cjs');
  const args = [script, '--config', config, '--output-type', 'json', 'packages', 'examples', 'tests'];
  const output = execFileSync(process.execPath, args, { cwd: tree, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const { summary } = JSON.parse(output) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  const byFile = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) byFile.set(from, [...(byFile.get(from) ?? []), rule.name]);
  return byFile;
}
