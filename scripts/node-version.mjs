// Import this first: every other file may rely on the Node.js that it asks for.

const OLDEST = [20, 19];

/**
 * What is wrong with a version of Node.js, or `undefined`.
 * @param {string} version as in `process.versions.node`
 * @returns {string | undefined}
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `Device Messaging needs Node.js ${OLDEST.join('.')} or newer; this is ${version}.`;
}

const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
