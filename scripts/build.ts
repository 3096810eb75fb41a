/**
 * Compiles the program into lib/ (ignored by git): the file that starts it, one bundle with a chunk for each verb that is imported on
 * demand, and the precompiled validators. Packages that only some verbs need stay outside the bundle and are imported by those verbs.
 * A build that fails leaves the earlier program as it was.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { buildValidators } from './generate-validators.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const lib = join(root, 'lib');
const chunks = join(lib, 'chunks');

await mkdir(chunks, { recursive: true });
await buildValidators(join(lib, 'validators.js'));
const options = {
  absWorkingDir: root,
  outdir: 'lib',
  bundle: true,
  format: 'esm' as const,
  platform: 'node' as const,
  target: 'node20.18',
  external: ['@kubernetes/client-node', 'simple-git', 'ajv', 'cdk8s-plus-27'],
  // Names stay, for stack traces; what is left out is read faster at every start.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning' as const,
  write: false as const,
} satisfies BuildOptions;
const verbs = await build({
  ...options,
  entryPoints: { main: 'cli/main.ts', recall: 'cli/recall.ts' },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
// One small file starts the program: a run that has nothing to do reads no other.
const start = await build({
  ...options,
  entryPoints: { 'paasta-gitops': 'cli/start.ts' },
  plugins: [
    {
      name: 'main',
      setup: ({ onResolve }) => {
        onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: './main.js', external: true }));
      },
    },
  ],
});
const outputFiles = [...verbs.outputFiles, ...start.outputFiles];
await rm(join(lib, 'program.sha256'), { force: true });
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
