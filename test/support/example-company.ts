import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../cli/main.ts';
import type { CallResult } from './delivery-company.ts';
import { GIT_ENV, workRepository, type TestRepository } from './git-repository.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/company', import.meta.url));

/** The example company as a git repository of its own, one commit old. */
export interface ExampleCompany {
  readonly repository: TestRepository;
  /** Replaces text in a file; it must be there. */
  edit(path: string, from: string | RegExp, to: string): void;
  /** Runs the program in the repository. */
  call(...args: readonly string[]): Promise<CallResult>;
  /** As `call`, with more environment. */
  callWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CallResult>;
}

export function exampleCompany(name: string, project = ''): ExampleCompany {
  const repository = workRepository(name);
  cpSync(EXAMPLE, repository.dir, { recursive: true });
  const settings = 'soa_dir: soa-configs\nsystem_config_dir: system-config\n';
  repository.commit('all', { 'paasta-gitops.yaml': `${settings}${project}` });
  return {
    repository,
    edit(path, from, to) {
      const file = join(repository.dir, path);
      const text = readFileSync(file, 'utf8');
      const edited = text.replace(from, to);
      if (edited === text) throw new Error(`${path} does not hold ${String(from)}`);
      writeFileSync(file, edited);
    },
    call: (...args) => callIn(repository.dir, args),
    callWith: (env, ...args) => callIn(repository.dir, args, env),
  };
}

/** Runs the program in a folder, in this process, with an environment for git and nothing else. */
export async function callIn(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CallResult> {
  const printed = { out: '', err: '' };
  const io = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
    env: { ...GIT_ENV, ...env },
    cwd,
    isTerminal: false,
    hasColor: false,
  };
  return { status: await main(args, io), ...printed };
}
