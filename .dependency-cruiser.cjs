// The import table of docs/architecture.md, held by a machine. Paths are those of the resolved files; a package's
// own name resolves to its sources (export condition `source`).

/** Specs, and what only they use. */
const SPEC = '(\\.spec\\.ts$|/spec-support/)';
/** Files that are shipped: not specs, not what only specs use. */
const SHIPPED = '^packages/[^/]+/(src|bin)/';

/** Which packages of the repository the shipped files of a package may import. */
const MAY_IMPORT = {
  'plugin-api': [],
  'host-api': ['plugin-api'],
  'messaging-plugin': ['plugin-api'],
  'transport-[^/]+': ['host-api', 'plugin-api'],
  'device-client': [],
  'registry-[^/]+': ['host-api', 'plugin-api'],
  'cluster-[^/]+': ['host-api', 'plugin-api'],
  'host-runtime': ['host-api', 'plugin-api'],
  'admin-api': ['host-api', 'plugin-api'],
  testkit: ['host-api', 'plugin-api'],
  console: [],
};

/** Besides, specs may import the testkit, and the host where a contract suite wants a whole one. */
const SPECS_MAY_IMPORT = ['testkit', 'host-runtime'];

const folders = (names) => (names.length === 0 ? '' : `|${names.join('|')}`);

/** Within its own package (`$1`) everything is free; `no-deep-imports` and `no-circular` hold there too. */
const tableRules = Object.entries(MAY_IMPORT).flatMap(([name, allowed]) => [
  {
    name: `table:${name}`,
    comment: `${name} may import ${allowed.join(' and ') || 'nothing'} of this repository.`,
    severity: 'error',
    from: { path: `^packages/(${name})/`, pathNot: SPEC },
    to: { path: '^(packages|examples|tests)/', pathNot: `^packages/($1${folders(allowed)})/` },
  },
  {
    name: `table-specs:${name}`,
    comment: `Specs of ${name} may also import ${SPECS_MAY_IMPORT.join(' and ')}.`,
    severity: 'error',
    from: { path: `^packages/(${name})/.*${SPEC}` },
    to: {
      path: '^(packages|examples|tests)/',
      pathNot: `^packages/($1${folders([...allowed, ...SPECS_MAY_IMPORT])})/`,
    },
  },
]);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...tableRules,
    {
      name: 'only-packages-of-the-table',
      comment: 'A new package enters the import table first.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/(${Object.keys(MAY_IMPORT).join('|')}|server)/` },
      to: {},
    },
    {
      name: 'server-is-imported-by-nobody',
      comment: 'It composes the others. Its end-to-end tests talk to it as a process.',
      severity: 'error',
      from: { pathNot: '^packages/server/' },
      to: { path: '^packages/server/' },
    },
    {
      name: 'no-deep-imports',
      comment: "Another package's door is its index.ts.",
      severity: 'error',
      from: { path: '^(?:packages|examples)/([^/]+)/' },
      to: { path: '^packages/[^/]+/', pathNot: ['^packages/$1/', '^packages/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'no-deep-imports-from-tests',
      severity: 'error',
      from: { path: '^tests/' },
      to: { path: '^packages/[^/]+/', pathNot: '^packages/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'packages-by-name',
      comment: 'Another package is imported by its name, as its users do, never by a relative path.',
      severity: 'error',
      from: { path: '^(?:packages|examples)/([^/]+)/' },
      to: { path: '^packages/[^/]+/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'examples-stand-alone',
      comment: 'One idea each, through public entries only.',
      severity: 'error',
      from: { path: '^examples/([^/]+)/' },
      to: { path: '^(examples|tests)/', pathNot: '^examples/$1/' },
    },
    {
      name: 'no-circular',
      comment: 'Circular imports of decorated classes crash at load.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-spec-in-shipped-code',
      severity: 'error',
      from: { path: SHIPPED, pathNot: SPEC },
      to: { path: SPEC },
    },
    {
      name: 'no-dev-dependency-in-shipped-code',
      comment: 'What shipped code imports is a dependency or peer dependency of its own package.json.',
      severity: 'error',
      from: { path: SHIPPED, pathNot: SPEC },
      // The name of an optional peer stands in `peerDependenciesMeta` as well, which is taken for no list of packages.
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '(^|/)(dist|coverage|temp)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'types', 'node', 'default'],
      mainFields: ['main', 'types'],
    },
  },
};
