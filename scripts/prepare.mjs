// Installs and builds what is not installed and built yet: `npm run build`, and the first step of everything else.
import './node-version.mjs';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runNode, runNpm } from './run.mjs';

/**
 * @typedef {object} Prepared What was installed and built last.
 * @property {string} [lock] hash of package-lock.json
 * @property {string} [sources] hash of what the compiler reads
 */

/**
 * Makes the tree ready to run; does nothing when it is. A changed lock file installs again, a changed source, manifest
 * or compiler setting builds again.
 * @param {string} [root]
 * @param {{ install: () => Promise<number>, build: () => Promise<number> }} [steps]
 * @returns {Promise<number>} 0, or the exit code of the step that failed
 */
export async function prepare(root = ROOT, steps = { install, build }) {
  const stamp = join(root, '.prepared.json');
  const before = readStamp(stamp);
  const lock = hashOf(root, ['package-lock.json']);
  if (before.lock !== lock || !existsSync(join(root, 'node_modules', '.package-lock.json'))) {
    // What a step that fails leaves behind is neither the old nor the new: without a stamp it is made again.
    writeStamp(stamp, {});
    const code = await steps.install();
    if (code !== 0) return code;
    writeStamp(stamp, { lock });
  }
  const sources = hashOf(root, sourcesOf(root));
  if (readStamp(stamp).sources !== sources || !isBuilt(root)) {
    writeStamp(stamp, { lock });
    const code = await steps.build();
    if (code !== 0) return code;
    writeStamp(stamp, { lock, sources });
  }
  return 0;
}

function install() {
  console.log('Installing dependencies (npm ci) …');
  return runNpm(['ci', '--no-audit', '--no-fund']);
}

function build() {
  console.log('Building (tsc -b) …');
  return runNode('node_modules/typescript/bin/tsc', ['-b']);
}

/**
 * @param {string} stamp
 * @returns {Prepared}
 */
function readStamp(stamp) {
  if (!existsSync(stamp)) return {};
  try {
    return /** @type {Prepared | null} */ (JSON.parse(readFileSync(stamp, 'utf8'))) ?? {};
  } catch (error) {
    // Half a stamp tells nothing: start over, which is always right.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/**
 * @param {string} stamp
 * @param {Prepared} prepared
 */
function writeStamp(stamp, prepared) {
  writeFileSync(stamp, `${JSON.stringify(prepared, undefined, 2)}\n`);
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 */
function hashOf(root, files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/**
 * Paths, from the root, of what the compiler reads.
 * @param {string} root
 */
function sourcesOf(root) {
  const compiled = ['packages', 'examples'].flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [],
  );
  const settings = ['', ...compiled.map((folder) => `${folder}/`)].flatMap((folder) =>
    ['package.json', 'tsconfig.json', 'tsconfig.base.json'].map((name) => `${folder}${name}`),
  );
  const sources = compiled.flatMap((folder) => filesBelow(root, `${folder}/src`));
  return [...settings.filter((file) => existsSync(join(root, file))), ...sources].sort();
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(root, path);
    return path.endsWith('.spec.ts') ? [] : [path];
  });
}

/**
 * Whether every project of the root's tsconfig.json has an output: someone may have removed it.
 * @param {string} root
 */
function isBuilt(root) {
  const config = /** @type {{ references: { path: string }[] }} */ (
    JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  );
  return config.references.every(({ path }) => existsSync(join(root, path, 'dist', '.tsbuildinfo')));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await prepare();
