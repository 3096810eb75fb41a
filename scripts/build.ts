/**
 * Compiles the program into lib/ (ignored by git): the file that starts it, one bundle of all verbs, and the precompiled validators.
 * Packages that only some verbs need stay outside the bundle and are loaded by those verbs. A build that fails leaves the earlier
 * program as it was.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { buildValidators } from './generate-validators.ts';
import { onlyVerbs } from './only-verbs.ts';

/** Modules that import these functions of a module of Node's load it when they first call one. */
function onDemand(name: string, functions: readonly string[], importers: RegExp): Plugin {
  return {
    name: `${name}-on-demand`,
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: new RegExp(`^(node:)?${name}$`) }, ({ path, importer }) => {
        return importers.test(importer) ? { path, namespace: name } : undefined;
      });
      onLoad({ filter: /^/, namespace: name }, () => {
        const calls = functions.map(
          (each) => `exports.${each}=(...args)=>process.getBuiltinModule('node:${name}').${each}(...args);`,
        );
        return { contents: calls.join('\n'), loader: 'js' };
      });
    },
  };
}

/** cdk8s starts other programs for what is not used here, and Node takes long to load what starts them. */
const noPrograms = onDemand('child_process', ['spawnSync', 'execFileSync'], /node_modules[\\/]cdk8s[\\/]/);

/** A run that has nothing to do asks git before it makes a digest: Node takes as long to load what makes one as git to look at 2000 files. */
const digestsLater = onDemand('crypto', ['createHash', 'hash'], /^/);

/** A large literal takes much longer to make than the same data takes to parse. */
const parsedJson: Plugin = {
  name: 'parsed-json',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.json$/ }, async ({ path }) => {
      const data = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(data)});`, loader: 'js' };
    });
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const lib = join(root, 'lib');

await mkdir(lib, { recursive: true });
await buildValidators(join(lib, 'validators.mjs'));
const options = {
  absWorkingDir: root,
  outdir: 'lib',
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  // What loads the bundle counts on it: such a source is read and kept at a byte for each character.
  charset: 'ascii',
  external: ['@kubernetes/client-node', 'simple-git', 'ajv', 'cdk8s-plus-27'],
  // Names stay, for stack traces; what is left out is read faster at every start.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  write: false,
} satisfies BuildOptions;
// CommonJS, since V8 keeps compiled code of scripts and not of modules.
const bundled = {
  ...options,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: {
    js: "const __bundle=require('node:url').pathToFileURL(__filename).href,__import=module.import??(name=>import(name));",
  },
  define: { 'import.meta.url': '__bundle', 'import.meta.dirname': '__dirname' },
} satisfies BuildOptions;
const program = await build({ ...bundled, entryPoints: { program: 'cli/main.ts' }, plugins: [noPrograms, parsedJson] });
// The same with the two verbs that run in CI and editors: a file of three quarters of the size, of which V8 keeps less.
const compiling = await build({
  ...bundled,
  entryPoints: { compile: 'cli/main.ts' },
  plugins: [noPrograms, parsedJson, onlyVerbs({ synth: '', validate: '' })],
});
// A small one starts the program: a run that has nothing to do reads no other.
const start = await build({ ...bundled, entryPoints: { start: 'cli/start.ts' }, plugins: [digestsLater] });
// Node cannot be told to take code for the file that it is given. That one is CommonJS too, since the loader of modules takes Node
// longer to start than all of the program.
const entry = await build({
  ...options,
  format: 'cjs',
  entryPoints: { 'paasta-gitops': 'cli/entry.ts' },
  plugins: [digestsLater],
  define: { 'import.meta.dirname': '__dirname' },
});
// What tests call of it.
const recall = await build({
  ...options,
  format: 'esm',
  entryPoints: { recall: 'cli/recall.ts' },
  outExtension: { '.js': '.mjs' },
});
// A script whose compiled code is kept cannot import by itself: it is given what does.
const bundles = [program, compiling, start].map(({ outputFiles: [bundle] }) => {
  const code = bundle!.text.replaceAll('await import(', 'await __import(');
  if (code.match(/\bimport\(/g)?.length !== 1)
    throw new Error('await every import() where it stands: others do not work in the bundle');
  // Wrapped as Node wraps any CommonJS file: to put the wrapping around it at each start would copy all of it.
  const wrapped = `(function(exports,require,module,__filename,__dirname){${code}\n})`;
  return { path: bundle!.path, contents: Buffer.from(wrapped) };
});
const outputFiles = [...bundles, ...entry.outputFiles, ...recall.outputFiles];
await rm(join(lib, 'program.sha256'), { force: true });
await writeFile(join(lib, 'package.json'), '{ "type": "commonjs" }\n');
for (const { path, contents } of outputFiles) {
  await writeFile(`${path}.${process.pid}`, contents);
  await rename(`${path}.${process.pid}`, path);
}
// What git takes for a repository when it only compares stamps (git/changed-files.ts). npm packs no empty folders.
for (const path of ['objects', 'refs']) {
  await mkdir(join(lib, 'git-dir', path), { recursive: true });
  await writeFile(join(lib, 'git-dir', path, 'empty'), '');
}
await writeFile(join(lib, 'git-dir/HEAD'), 'ref: refs/heads/none\n');
// Results of earlier runs, and what was compiled of the bundle, are good for exactly this program.
const sha256 = createHash('sha256');
for (const { path, contents } of outputFiles) sha256.update(`${basename(path)}\n`).update(contents);
await writeFile(join(lib, 'program.sha256'), `${sha256.digest('hex')}\n`);
