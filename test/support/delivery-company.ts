import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { main } from '../../cli/main.ts';
import type { DeploymentsDocument } from '../../delivery/deployments-document.ts';
import { bareRepository, cloneOf, GIT_ENV, tempDir, type TestRepository } from './git-repository.ts';

/** What a call of the program printed and returned. */
export interface CallResult {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A service whose code is in a repository on this machine. */
export interface TestService {
  readonly origin: TestRepository;
  readonly work: TestRepository;
  /** Commits pushed to `main`, oldest first. */
  readonly commits: readonly string[];
}

/** A configuration repository with a checkout, system configuration for two clusters, and services with code. */
export interface TestCompany {
  readonly soaDir: string;
  readonly systemDir: string;
  readonly config: TestRepository;
  readonly configOrigin: TestRepository;
  /** Adds a service with three pushed commits; `files` are its soa-configs. */
  addService(name: string, files: Readonly<Record<string, string>>): TestService;
  /** Commits and pushes what stands in the checkout. */
  publishConfig(): void;
  /** Runs the program with the trees of this company. */
  call(...args: readonly string[]): Promise<CallResult>;
  /** As `call`, with more environment. */
  callWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CallResult>;
  /** Lines of the event log, parsed. */
  events(): readonly Readonly<Record<string, unknown>>[];
  deploymentsOf(service: string): DeploymentsDocument;
}

export const SYSTEM_KEYS = {
  clusters: ['eu-prod', 'us-prod'],
  docker_registry: 'registry.example.com:5000',
  volumes: [],
  hacheck_sidecar_image_url: 'registry.example.com:5000/hacheck:1',
};

/** Flags that give a call the trees of a company. */
export function treeFlags(company: TestCompany): readonly string[] {
  return ['--soa-dir', company.soaDir, '--system-config-dir', company.systemDir];
}

export function testCompany(name: string, system: Readonly<Record<string, unknown>> = {}): TestCompany {
  const configOrigin = bareRepository(`${name}-config-origin`);
  const config = cloneOf(configOrigin, `${name}-config`);
  const soaDir = join(config.dir, 'soa');
  const systemDir = tempDir(`${name}-system`);
  const logs = tempDir(`${name}-logs`);
  mkdirSync(soaDir);
  for (const cluster of SYSTEM_KEYS.clusters) {
    const log = { log_writer: { driver: 'file', options: { path_format: `${logs}/{service}.log` } } };
    put(join(systemDir, cluster, 'all.json'), JSON.stringify({ cluster, ...SYSTEM_KEYS, ...log, ...system }));
  }
  const services: string[] = [];
  const callWith = async (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CallResult> => {
    const printed = { out: '', err: '' };
    const io = {
      out: (text: string) => void (printed.out += text),
      err: (text: string) => void (printed.err += text),
      env: { ...GIT_ENV, USER: 'ann', ...env },
      cwd: config.dir,
      isTerminal: false,
      hasColor: false,
    };
    const status = await main([...args, '--soa-dir', soaDir, '--system-config-dir', systemDir], io);
    return { status, ...printed };
  };
  return {
    soaDir,
    systemDir,
    config,
    configOrigin,
    addService(service, files) {
      const origin = bareRepository(`${service}-origin`);
      const work = cloneOf(origin, service);
      const commits = ['first', 'second', 'third'].map((text) =>
        work.commit(text, { VERSION: `${text}\n`, Makefile: MAKEFILE }),
      );
      work.git('push', '-q', 'origin', 'main');
      put(join(soaDir, service, 'service.yaml'), `description: ${service}\ngit_url: file://${origin.dir}\n`);
      for (const [file, text] of Object.entries(files)) put(join(soaDir, service, file), text);
      services.push(service);
      return { origin, work, commits };
    },
    publishConfig() {
      config.commit('configuration', {});
      config.git('push', '-q', 'origin', 'main');
    },
    call: (...args) => callWith({}, ...args),
    callWith,
    events: () =>
      [...services, 'stream_paasta-audit-log'].flatMap((service) =>
        readLines(join(logs, `${service}.log`)).map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
      ),
    deploymentsOf: (service) =>
      JSON.parse(readFileSync(join(soaDir, service, 'deployments.json'), 'utf8')) as DeploymentsDocument,
  };
}

const MAKEFILE =
  'test:\n\ttrue\nitest:\n\techo "$(DOCKER_TAG)" > itest.log\ncook-image:\n\techo "$(DOCKER_TAG)" > cook.log\n';

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
