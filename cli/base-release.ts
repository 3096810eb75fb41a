import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { INDEX_FOLDER, INDEX_VERSION, parseIndex } from '../compiler/write/tree-index.ts';
import type { OutputFiles } from '../review/output-files.ts';
import type { Io } from './io.ts';
import type { Project } from './project.ts';
import { isOn, textOf, textsOf, UsageError, type OptionValues } from './verb.ts';

/** Another release of this program cannot be run, or gave nothing that can be compared; one line says why. */
export class ReleaseProblem extends Error {}

/** Files that another release renders from the trees on disk: `program` is its `paasta-gitops`, or the JavaScript behind that. */
export function renderWith(
  program: string,
  project: Project,
  { values, io }: { values: OptionValues; io: Io },
): OutputFiles {
  const narrowed = ['base', 'head', 'service', 'instance'].find((flag) => values[flag] !== undefined);
  if (narrowed !== undefined)
    throw new UsageError(`--base-bin compares two releases on the whole tree on disk: leave out --${narrowed}`);
  const path = resolve(io.cwd, program);
  if (!existsSync(path)) throw new ReleaseProblem(`--base-bin: there is no file ${program}`);
  const out = mkdtempSync(join(tmpdir(), 'paasta-gitops-release-'));
  try {
    const config = textOf(values, 'config');
    const args = [
      ...['synth', '--soa-dir', project.soaDir, '--system-config-dir', project.systemConfigDir, '--out', out],
      ...['--file-per', project.filePer, ...textsOf(values, 'cluster').flatMap((cluster) => ['--cluster', cluster])],
      ...(config === undefined ? [] : ['--config', config]),
      ...(isOn(values, 'no-constructs') ? ['--no-constructs'] : []),
    ];
    const [command, first] = /\.m?js$/.test(path) ? [process.execPath, [path]] : [path, []];
    const { error, stderr } = spawnSync(command, [...first, ...args], {
      cwd: io.cwd,
      env: { ...io.env },
      encoding: 'utf8',
    });
    if (error !== undefined) throw new ReleaseProblem(`--base-bin: ${error.message}`);
    const indexes = existsSync(join(out, INDEX_FOLDER)) ? readdirSync(join(out, INDEX_FOLDER)) : [];
    if (indexes.length === 0)
      throw new ReleaseProblem(`--base-bin rendered nothing: ${stderr.trim().split('\n').at(-1) ?? ''}`);
    return new Map(indexes.filter((name) => name.endsWith('.json')).flatMap((name) => filesOf(out, name.slice(0, -5))));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function filesOf(out: string, cluster: string): readonly (readonly [string, RenderedFile])[] {
  const index = parseIndex(readFileSync(join(out, INDEX_FOLDER, `${cluster}.json`), 'utf8'));
  if (index.kind === 'too-new')
    throw new ReleaseProblem(
      `--base-bin writes layout ${index.version}, and this program knows ${INDEX_VERSION}: call it the other way round`,
    );
  if (index.kind === 'broken') throw new ReleaseProblem(`--base-bin wrote an index that cannot be used: ${index.why}`);
  return [...index.files].map(([path, { service, instance }]) => {
    const content = readFileSync(join(out, path), 'utf8');
    return [path, { path, content, cluster, service, instance }] as const;
  });
}
