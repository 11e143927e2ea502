import tseslint from 'typescript-eslint';

/** Rules of this project alone. */
const project = {
  rules: {
    'reasoned-disable': {
      meta: { type: 'problem', schema: [] },
      create: (context) => ({
        Program() {
          for (const comment of context.sourceCode.getAllComments()) {
            if (!/^\s*(eslint-disable|@ts-expect-error)/.test(comment.value)) continue;
            if (/\s--\s+\S|^\s*@ts-expect-error\s+\S/.test(comment.value)) continue;
            context.report({
              loc: comment.loc,
              message: 'Give the reason beside it: `eslint-disable… rule -- reason`.',
            });
          }
        },
      }),
    },
  },
};

const everywhere = {
  'project/reasoned-disable': 'error',
  eqeqeq: 'error',
  'no-console': 'error',
  'no-empty': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'object-shorthand': 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Export by name: then a thing has one name everywhere.' },
    { selector: 'ExportAllDeclaration', message: 'Re-export by name: the public surface is a list that one reads.' },
    {
      selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
      message: 'No test is skipped or focused.',
    },
    {
      selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
      message: 'No test is skipped or focused.',
    },
    {
      selector: "MemberExpression[object.name='jest'][property.name=/^(mock|unstable_mockModule)$/]",
      message: 'Inject a double instead.',
    },
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  ],
};

const typed = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-array-delete': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-implied-eval': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
  // `consistent-type-imports` stays off: it would turn classes that the container injects into type imports.
};

export default tseslint.config(
  { ignores: ['**/dist/', '**/coverage/', '**/temp/', 'data/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, plugins: { project } },
  { files: ['**/*.{js,mjs,cjs,ts}'], rules: everywhere },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.tests.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...typed,
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // A describe block is a list of tests, not a function to read at once.
    files: ['**/*.spec.ts', 'packages/testkit/src/**/*.ts', 'tests/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      // jest's asymmetric matchers (`expect.any(…)`) are `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    // Tools read these by their default export.
    files: ['*.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // What these print is what they are for.
    files: ['scripts/*.mjs', 'examples/**/*.{js,ts}', 'tests/benchmarks/**/*.mjs'],
    rules: { 'no-console': 'off' },
  },
);
