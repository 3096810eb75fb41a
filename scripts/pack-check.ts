/**
 * Packs the check as a Sensu runtime asset, `paasta-gitops-check_VERSION_noarch.tar.gz` with `bin/paasta-gitops`, and its SHA-512 beside it,
 * into lib/asset or the folder that is given. All of it is one file that needs Node on the agent. The same sources give the same bytes.
 */
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onlyVerbs } from './only-verbs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
const target = resolve(root, process.argv[2] ?? 'lib/asset');
const name = `paasta-gitops-check_${version}_noarch.tar.gz`;
const stage = await mkdtemp(join(tmpdir(), 'paasta-gitops-asset-'));

try {
  await mkdir(join(stage, 'bin'));
  await build({
    absWorkingDir: root,
    stdin: {
      contents: "import { runProcess } from './cli/main.ts'; await runProcess();",
      resolveDir: root,
      loader: 'ts',
    },
    plugins: [onlyVerbs({ check: 'check replicas' })],
    outfile: join(stage, 'lib/paasta-gitops.mjs'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const launcher = '#!/bin/sh\nexec node "$(dirname "$0")/../lib/paasta-gitops.mjs" "$@"\n';
  await writeFile(join(stage, 'bin/paasta-gitops'), launcher);
  await chmod(join(stage, 'bin/paasta-gitops'), 0o755);
  await copyFile(join(root, 'package.json'), join(stage, 'package.json'));
  await mkdir(target, { recursive: true });
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const flags = ['--sort=name', '--mtime=@0', ...owner, '--format=ustar'];
  const tar = spawnSync('tar', [...flags, '-cf', '-', '-C', stage, 'bin', 'lib', 'package.json'], {
    maxBuffer: 1 << 28,
  });
  if (tar.status !== 0) throw new Error(`tar ended with ${tar.status ?? 'a signal'}: ${tar.stderr.toString()}`);
  const gzip = spawnSync('gzip', ['-n', '-9'], { input: tar.stdout, maxBuffer: 1 << 28 });
  if (gzip.status !== 0) throw new Error(`gzip ended with ${gzip.status ?? 'a signal'}`);
  const digest = createHash('sha512').update(gzip.stdout).digest('hex');
  await writeFile(join(target, name), gzip.stdout);
  await writeFile(join(target, `${name}.sha512`), `${digest}  ${name}\n`);
  process.stdout.write(`${name}: ${gzip.stdout.length} bytes\nsha512 ${digest}\n`);
} finally {
  await rm(stage, { recursive: true, force: true });
}
