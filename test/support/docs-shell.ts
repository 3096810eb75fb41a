/** Runs the fenced commands of a documentation page in a folder of its own, with repositories and programs that stand in for others'. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import type { Fence } from './fences.ts';
import { git, GIT_ENV, tempDir } from './git-repository.ts';
import { PROGRAM, ROOT } from './run-cli.ts';

/** What one block printed (both streams) and which statuses other than 0 its commands ended with; `commands` by `$ ` line. */
export interface Ran {
  readonly output: string;
  readonly statuses: readonly number[];
  readonly commands: readonly string[];
}

/** Where a page's commands begin: the example company's checkout, a checkout of this project, or an empty folder. */
export type Start = 'company' | 'project' | 'nothing';

/** Longest time for the commands of one page. */
const LONGEST_MS = 300_000;

/** Project settings that pages assume unless they give their own. */
const SETTINGS =
  'publish: {repo: "git@git.example.com:company/manifests.git"}\n' +
  'clusters: {north-prod: {context: north-prod}, north-stage: {context: north-stage}}\n';

/** Runs blocks one after the other in one shell, so that each finds what the earlier ones left. */
export async function runFences(
  fences: readonly Fence[],
  { start, settings, plane }: { readonly start: Start; readonly settings: string; readonly plane?: ControlPlane },
): Promise<readonly Ran[]> {
  const root = tempDir('docs');
  const cwd = join(root, 'work');
  mkdirSync(cwd);
  mkdirSync(join(root, 'home'));
  if (start === 'project') copyProject(cwd);
  if (start === 'company') copyCompany(root, cwd, settings);
  const env = {
    ...GIT_ENV,
    PATH: `${programs(root)}:${plane === undefined ? '' : `${plane.assets}:`}${process.env['PATH'] ?? ''}`,
    HOME: join(root, 'home'),
    GIT_SSH_COMMAND: join(root, 'bin/ssh'),
    ...(plane !== undefined && { KUBECONFIG: kubeconfig(root, plane) }),
  };
  const printed = await bash(fences.map(scriptOf).join(''), cwd, env);
  const parts = printed.split('\x1efence\n').slice(1);
  if (parts.length !== fences.length)
    throw new Error(`the shell ended in block ${parts.length}:\n${printed.slice(-2000)}`);
  return parts.map(ranOf);
}

function scriptOf({ language, lines }: Fence): string {
  const begin = String.raw`printf '\036fence\n'` + '\n';
  if (language === 'sh') return `${begin}${lines.join('\n')}\n`;
  const calls = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  return begin + calls.map((call) => `${String.raw`printf '\036command\n'`}\n${call}\n`).join('');
}

function ranOf(text: string): Ran {
  const statuses = [...text.matchAll(/\x1estatus (\d+)\n/g)].map(([, status]) => Number(status));
  const [output, ...commands] = text.replace(/\x1estatus \d+\n/g, '').split('\x1ecommand\n') as [string, ...string[]];
  return { output, statuses, commands };
}

function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const head = String.raw`exec 2>&1; set -uo pipefail; trap 'printf "\036status %d\n" $?' ERR` + '\n';
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', head + script], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const end = (): void => void process.kill(-child.pid!, 'SIGKILL');
    const timer = setTimeout(end, LONGEST_MS);
    process.once('exit', end);
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve(printed);
    });
  });
}

/** Folder with the program under its name, and an ssh that finds repositories on this machine. */
function programs(root: string): string {
  const folder = join(root, 'bin');
  mkdirSync(folder);
  const texts = {
    'paasta-gitops': `exec "${process.execPath}" "${PROGRAM}" "$@"`,
    ssh: `for command; do :; done\ncd "${root}/remotes" && eval "exec $command"`,
  };
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function copyProject(cwd: string): void {
  for (const name of ['paasta-gitops.yaml', 'examples', 'dist'])
    cpSync(join(ROOT, name), join(cwd, name), { recursive: true });
  symlinkSync(dirname(PROGRAM), join(cwd, 'lib'));
}

/** A clone of the company's configuration, rendered, two commits old, beside an empty repository for manifests. */
function copyCompany(root: string, cwd: string, settings: string): void {
  for (const name of ['configuration', 'manifests']) {
    const bare = join(root, 'remotes/company', `${name}.git`);
    mkdirSync(bare, { recursive: true });
    git(bare, 'init', '-q', '--bare', '-b', 'main');
  }
  git(cwd, 'init', '-q', '-b', 'main');
  git(cwd, 'remote', 'add', 'origin', 'git@git.example.com:company/configuration.git');
  cpSync(join(ROOT, 'examples/company'), cwd, { recursive: true });
  cpSync(join(ROOT, 'dist'), join(cwd, 'dist'), { recursive: true });
  const trees = 'soa_dir: soa-configs\nsystem_config_dir: system-config\n';
  writeFileSync(join(cwd, 'paasta-gitops.yaml'), trees + (settings === '' ? SETTINGS : settings));
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-q', '-m', 'Describe the company');
  const file = join(cwd, 'soa-configs/catalog/service.yaml');
  writeFileSync(file, `# The catalog.\n${readFileSync(file, 'utf8')}`);
  git(cwd, 'commit', '-q', '-am', 'Say which file this is');
  git(join(root, 'remotes/company/configuration.git'), 'fetch', '-q', cwd, 'main:main');
  git(cwd, 'fetch', '-q', join(root, 'remotes/company/configuration.git'), '+main:refs/remotes/origin/main');
  git(cwd, 'branch', '-q', '--set-upstream-to', 'origin/main');
}

/** The control plane under every context that pages name. */
function kubeconfig(root: string, plane: ControlPlane): string {
  const config = JSON.parse(readFileSync(plane.kubeconfigPath, 'utf8')) as { contexts: { context: object }[] };
  const { context } = config.contexts[0]!;
  const contexts = ['north-prod', 'north-stage'].map((name) => ({ name, context }));
  const path = join(root, 'kubeconfig.json');
  writeFileSync(path, JSON.stringify({ ...config, contexts, 'current-context': '' }));
  return path;
}
