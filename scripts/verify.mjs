// `npm run verify`: everything that must hold before a change lands. Exactly what CI runs; leaves the tree as it was.
import './node-version.mjs';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { ROOT, runNode } from './run.mjs';
import { jest } from './test.mjs';

const temporary = mkdtempSync(join(tmpdir(), 'device-messaging-verify-'));
const results = join(temporary, 'jest.json');
const before = treeState();

/** @type {readonly (readonly [string, () => Promise<number>])[]} */
const steps = [
  ['install and build', () => prepare()],
  ['build is up to date, examples included', () => runNode('node_modules/typescript/bin/tsc', ['-b'])],
  ['types of specs and scripts', () => runNode('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.tests.json'])],
  ['format', () => runNode('node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])],
  ['lint', () => runNode('node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0'])],
  [
    'import table',
    () =>
      runNode('node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
        ...['--config', '.dependency-cruiser.cjs'],
        ...['packages', 'examples', 'tests'],
      ]),
  ],
  ['api reports', () => runNode('scripts/api-report.mjs', [])],
  ['tests', () => jest(['--ci', '--json', '--outputFile', results])],
  ['tree unchanged', () => compareTree()],
];

process.exitCode = await verify();

async function verify() {
  try {
    for (const [name, step] of steps) {
      const started = performance.now();
      console.log(`\n== ${name}`);
      const code = await step();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`== ${name}: ${code === 0 ? 'ok' : `FAILED (${code})`}, ${seconds} s`);
      if (name === 'tests') printCounts();
      if (code !== 0) return code;
    }
    console.log('\nAll of it holds.');
    printCounts();
    return 0;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function printCounts() {
  if (!existsSync(results)) return;
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, 'utf8'));
  console.log(`${numPassedTests} passed, ${numFailedTests} failed`);
}

function treeState() {
  return execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' });
}

async function compareTree() {
  const after = treeState();
  if (after === before) return 0;
  console.error(`The run changed the tree. Before:\n${before}After:\n${after}`);
  return 1;
}
