import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HEADER, type RenderedFile } from '../../compiler/model/rendered-file.ts';
import {
  type FinishOptions,
  TreeWriter,
  type TreeWriterOptions,
  type WriteResult,
} from '../../compiler/write/index.ts';

/** What a run renders: by cluster, service and instance, the text below the header and where it stands. */
export type Fleet = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, RenderedInstance>>>>>>;

export interface RenderedInstance {
  readonly text: string;
  /** Default `ns-<service>`. */
  readonly namespace?: string;
}

export interface RunOptions extends Partial<Omit<TreeWriterOptions, 'outDir'>>, FinishOptions {
  /** Services of which soa-configs cannot be read. */
  readonly unreadable?: readonly string[];
  /** Instances in soa-configs that this run does not render: `service.instance`. */
  readonly unrendered?: readonly string[];
  /** Default true: the files that services share are rendered too. */
  readonly aggregates?: boolean;
}

/** A new folder, in memory where there is such a file system: thousands of small files are made in these tests. */
export function temporaryFolder(): string {
  const base = process.env['TMPDIR'] === undefined && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  return mkdtempSync(join(base, 'paasta-gitops-tree-'));
}

/** Runs the test in a folder of its own, which is removed afterwards. */
export function inFolder(run: (folder: string) => void): () => void {
  return () => {
    const folder = temporaryFolder();
    try {
      run(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** Every file below a folder with its text, and every empty folder with null; sorted by path. */
export function readTree(root: string): Record<string, string | null> {
  const tree: [string, string | null][] = [];
  const visit = (folder: string): void => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    if (entries.length === 0 && folder !== '') tree.push([folder, null]);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else tree.push([path, entry.isSymbolicLink() ? '(link)' : readFileSync(join(root, path), 'utf8')]);
    }
  };
  visit('');
  return Object.fromEntries(tree.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** When each file and folder was changed last, in nanoseconds, with its inode. */
export function stamps(root: string): Record<string, string> {
  const paths = (readdirSync(root, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    ['', ...paths].map((path) => {
      const { mtimeNs, ctimeNs, ino } = lstatSync(join(root, path), { bigint: true });
      return [path, `${mtimeNs} ${ctimeNs} ${ino}`];
    }),
  );
}

export function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

export function content(text: string): string {
  return `${HEADER}\n${text}\n`;
}

export function instanceFile(
  cluster: string,
  service: string,
  instance: string,
  text: string,
  namespace?: string,
): RenderedFile {
  const path = `clusters/${cluster}/${namespace ?? `ns-${service}`}/${service}-${instance}.yaml`;
  return { path, content: content(text), cluster, service, instance };
}

/** A file that services share. */
export function sharedFile(cluster: string, path: string, text: string): RenderedFile {
  return { path, content: content(text), cluster, service: null, instance: null };
}

/** Runs the writer over a fleet as the compiler does: service by service, then a namespace file for each namespace. */
export function writeFleet(outDir: string, fleet: Fleet, options: RunOptions = {}): WriteResult {
  const clusters = options.clusters ?? Object.keys(fleet).sort();
  const { unreadable = [], unrendered = [], aggregates = true, keep, ...rest } = options;
  const writer = new TreeWriter({ ...rest, outDir, clusters });
  const services = new Set(clusters.flatMap((cluster) => Object.keys(fleet[cluster] ?? {})));
  for (const service of [...services, ...unreadable].sort()) {
    const files = clusters.flatMap((cluster) => filesOf(fleet, cluster, service));
    const known = clusters.map(
      (cluster) => [cluster, unreadable.includes(service) ? null : knownOf(fleet, cluster, service)] as const,
    );
    writer.addService({
      service,
      files: files.filter((file) => !unrendered.includes(`${file.service!}.${file.instance!}`)),
      known: Object.fromEntries(known),
    });
  }
  if (aggregates) writer.addAggregates(clusters.flatMap((cluster) => namespaceFiles(fleet, cluster)));
  return writer.finish({ ...(keep && { keep }) });
}

function filesOf(fleet: Fleet, cluster: string, service: string): RenderedFile[] {
  const instances = Object.entries(fleet[cluster]?.[service] ?? {});
  return instances.map(([instance, { text, namespace }]) => instanceFile(cluster, service, instance, text, namespace));
}

function knownOf(fleet: Fleet, cluster: string, service: string): readonly string[] {
  return Object.keys(fleet[cluster]?.[service] ?? {});
}

function namespaceFiles(fleet: Fleet, cluster: string): RenderedFile[] {
  const files = Object.keys(fleet[cluster] ?? {}).flatMap((service) => filesOf(fleet, cluster, service));
  const namespaces = [...new Set(files.map(({ path }) => path.split('/')[2]!))].sort();
  return namespaces.map((name) =>
    sharedFile(cluster, `clusters/${cluster}/_cluster/namespace-${name}.yaml`, `kind: Namespace # ${name}`),
  );
}
