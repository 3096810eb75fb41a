/**
 * Compiles the program into lib/ (ignored by git): one bundle with a chunk for each verb that is imported on demand, and the
 * precompiled validators. Packages that only some verbs need stay outside the bundle and are imported by those verbs.
 */
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildValidators } from './generate-validators.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

await rm(new URL('../lib/chunks', import.meta.url), { recursive: true, force: true });
await mkdir(new URL('../lib', import.meta.url), { recursive: true });
await buildValidators(fileURLToPath(new URL('../lib/validators.js', import.meta.url)));
await build({
  absWorkingDir: root,
  entryPoints: { 'paasta-gitops': 'cli/start.ts' },
  outdir: 'lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['@kubernetes/client-node', 'simple-git', 'ajv', 'cdk8s-plus-27'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  // Names stay, for stack traces; what is left out is read faster at every start.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
});
