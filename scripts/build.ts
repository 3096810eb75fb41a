/**
 * Compiles the program into lib/ (ignored by git): one bundle with a chunk for each verb that is imported on demand, and the
 * precompiled validators. Packages that only some verbs need stay outside the bundle and are imported by those verbs.
 * A build that fails leaves the earlier program as it was.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildValidators } from './generate-validators.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const lib = join(root, 'lib');
const chunks = join(lib, 'chunks');

await mkdir(chunks, { recursive: true });
await buildValidators(join(lib, 'validators.js'));
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { 'paasta-gitops': 'cli/start.ts', main: 'cli/main.ts' },
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
  write: false,
});
// The entry comes last: until then the earlier one has all its chunks.
const byDepth = [...outputFiles].sort((a, b) => b.path.length - a.path.length);
for (const { path, contents } of byDepth) {
  await writeFile(`${path}.${process.pid}`, contents);
  await rename(`${path}.${process.pid}`, path);
}
// Results of earlier runs are good for exactly this program.
const program = createHash('sha256');
for (const { path, contents } of [...outputFiles].sort((a, b) => (a.path < b.path ? -1 : 1))) {
  program.update(`${basename(path)}\n`).update(contents);
}
program.update(await readFile(join(lib, 'validators.js')));
await writeFile(join(lib, 'program.sha256'), `${program.digest('hex')}\n`);
const made = new Set(outputFiles.map(({ path }) => basename(path)));
for (const name of await readdir(chunks)) if (!made.has(name)) await rm(join(chunks, name), { force: true });
