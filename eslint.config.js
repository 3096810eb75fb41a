import { defineConfig, globalIgnores } from 'eslint/config';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders and what each may import: the arrows of docs/architecture.md, held here. */
const passes = ['load', 'validate', 'resolve', 'render', 'write'];
const forbid = (...groups) => ({
  'no-restricted-imports': ['error', { patterns: groups.map(([group, message]) => ({ group, message })) }],
});
const noIo = [
  ['fs', 'node:fs', 'node:fs/*', 'node:child_process', 'node:http', 'node:https', 'node:net', 'simple-git'],
  'Input comes through a TreeReader, output leaves through write/: this folder does no I/O.',
];
const outer = [
  [
    '**/cli/**',
    '**/applier/**',
    '**/delivery/**',
    '**/review/**',
    '**/explain/**',
    '../../monitoring/**',
    '../../../monitoring/**',
  ],
  'Imports point down: the compiler knows nothing of the verbs built on it.',
];

export default defineConfig(
  globalIgnores(['lib/', 'dist/', 'cdk8s.out/', 'node_modules/', 'test/golden/', 'test/fixtures/']),
  eslint.configs.recommended,
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  {
    languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly' } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-control-regex': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  ...passes.map((pass) => ({
    files: [`compiler/${pass}/**/*.ts`],
    rules: forbid(
      outer,
      [
        passes.filter((p) => p !== pass).map((p) => `**/${p}/**`),
        'A pass never imports another pass: share through compiler/model.',
      ],
      ...(pass === 'write' ? [] : [noIo]),
      ...(pass === 'render' ? [] : [[['**/constructs/**'], 'Only render uses constructs.']]),
    ),
  })),
  {
    files: ['compiler/model/**/*.ts', 'compiler/diagnostics/**/*.ts'],
    rules: forbid(outer, noIo, [
      [...passes.map((p) => `**/${p}/**`), '**/emit/**', '**/constructs/**'],
      'model and diagnostics are at the bottom: they import nothing of ours.',
    ]),
  },
  {
    files: ['compiler/cache/**/*.ts'],
    rules: forbid(outer, noIo, [
      [...passes.map((p) => `**/${p}/**`), '**/emit/**', '**/constructs/**'],
      'cache tells whether earlier results still hold: it imports model and diagnostics only.',
    ]),
  },
  {
    files: ['compiler/emit/**/*.ts'],
    rules: forbid(outer, noIo, [
      [...passes.map((p) => `**/${p}/**`), '**/constructs/**'],
      'emit turns data into bytes for render and write: it imports model and diagnostics only.',
    ]),
  },
  {
    files: ['constructs/**/*.ts'],
    rules: forbid(outer, noIo, [
      passes.map((p) => `**/compiler/${p}/**`),
      'A construct sees the model only: no soa-configs text, files or cluster.',
    ]),
  },
  {
    files: ['git/**/*.ts'],
    rules: forbid(outer, [
      [...passes.map((p) => `**/compiler/${p}/**`), '**/constructs/**'],
      'git is a tool for publish, review and delivery: of ours it sees the model only.',
    ]),
  },
  {
    files: ['delivery/**/*.ts'],
    rules: forbid([
      ['**/cli/**', '**/applier/**', '**/review/**', '**/monitoring/**', '**/constructs/**'],
      'Delivery knows repositories and registries; only cli joins it with the other tools.',
    ]),
  },
  {
    files: ['differences/**/*.ts'],
    rules: forbid(outer, noIo, [
      [...passes.map((p) => `**/compiler/${p}/**`), '**/constructs/**', '**/publish/**', '**/git/**'],
      'differences compares rendered objects for every verb that shows them: of ours it sees model and emit only.',
    ]),
  },
  {
    files: ['review/**/*.ts'],
    rules: forbid(noIo, [
      [
        ...[...passes.map((p) => `**/compiler/${p}/**`), '**/constructs/**', '**/cli/**', '**/applier/**'],
        ...['**/delivery/**', '**/monitoring/**', '**/publish/**', '**/git/**'],
      ],
      'review compares two rendered trees and draws the result; only cli joins it with what makes them.',
    ]),
  },
  {
    files: ['explain/**/*.ts'],
    rules: forbid(noIo, [
      [
        ...[
          '**/cli/**',
          '**/applier/**',
          '**/delivery/**',
          '**/review/**',
          '**/publish/**',
          '**/git/**',
          '**/compiler/write/**',
        ],
        ...['../monitoring/**', '../cluster/**'],
      ],
      'explain compiles in memory and tells why: of ours it sees the compiler, constructs and differences.',
    ]),
  },
  {
    files: ['publish/**/*.ts'],
    rules: forbid([
      [
        ...[...passes.filter((p) => p !== 'write').map((p) => `**/compiler/${p}/**`), '**/constructs/**', '**/cli/**'],
        ...['**/applier/**', '**/delivery/**', '**/monitoring/**'],
      ],
      'publish commits a rendered tree; only cli joins it with what renders one.',
    ]),
  },
  {
    files: ['cluster/**/*.ts'],
    rules: forbid(outer, [
      [
        ...[...passes.map((p) => `**/compiler/${p}/**`), '**/constructs/**', '**/publish/**', '**/git/**'],
        ...['**/review/**', '**/differences/**'],
      ],
      'cluster speaks to API servers for the applier and for monitoring: of ours it sees plain data only.',
    ]),
  },
  {
    files: ['applier/**/*.ts', 'monitoring/**/*.ts'],
    rules: forbid([
      [...passes.filter((p) => p !== 'write').map((p) => `**/compiler/${p}/**`), '**/cli/**', '**/constructs/**'],
      'This folder reads rendered files and clusters, never soa-configs.',
    ]),
  },
);
