import { basename } from 'node:path';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { compile, type CompileSink } from '../compiler/compile.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import type { KubeObject, RenderedFile } from '../compiler/model/rendered-file.ts';
import { erb, type RuntimeValue } from '../constructs/_runtime-json.ts';
import { reportStyle } from './frames.ts';
import { INPUT_OPTIONS, loadProject, type Project } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { replaceFolder } from './replace-folder.ts';
import { loadConstructs } from './load-constructs.ts';
import { isOn, textOf, textsOf, UsageError, type Call, type OptionValues, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'smartstack',
  usage: 'smartstack extract --cluster C [--instance S.I --pod-ip IP --pod-name N] [--location TYPE=NAME]... --out DIR',
  description: `
Writes the files as the containers of a cluster see them, to run the programs outside of it:

  DIR/synapse.conf.json, DIR/services.d/*.json   synapse's, which evaluates their templates itself; PAASTA_HOST must be set
  DIR/nerve.conf.json, DIR/hacheck.yaml          of one pod of the instance, its IP and name filled in

A location that the system configuration leaves to a file on the node stays a template that reads that file, unless --location
says what the file holds. Other files in DIR/services.d that end in .json are removed: synapse would read them.

Exit status: 0, 1 when something was held back or nothing is rendered for nerve or synapse, 2 wrong usage.`,
  words: { min: 1, max: 1 },
  options: {
    ...INPUT_OPTIONS,
    cluster: { short: 'c', value: 'CLUSTER', help: 'cluster whose files are wanted' },
    instance: { short: 'i', value: 'SERVICE.INSTANCE', help: 'instance whose nerve and hacheck files are wanted too' },
    'pod-ip': { value: 'IP', help: 'address of the pod' },
    'pod-name': { value: 'NAME', help: 'name of the pod' },
    location: { value: 'TYPE=NAME', multiple: true, help: 'what /nail/etc/TYPE holds on the node (repeatable)' },
    out: { value: 'DIR', help: 'folder to write to' },
    'no-constructs': { help: "do not load the project's construct modules" },
    verbose: { short: 'v', help: 'show findings that are not about the mesh too' },
  },
  run,
};

interface Pod {
  readonly service: string;
  readonly instance: string;
  readonly ip: string;
  readonly name: string;
}

async function run({ values, words, io }: Call): Promise<number> {
  if (words[0] !== 'extract') throw new UsageError(`smartstack takes the word extract; found "${words[0]!}"`);
  const cluster = needed(values, 'cluster');
  const out = needed(values, 'out');
  const pod = podOf(values);
  const fill = filler(values, pod);
  const { project, diagnostics: ofProject } = loadProject(values, io);
  refuseUnread(values, project, cluster);
  const { files, diagnostics } = await render(project, cluster, isOn(values, 'verbose'));
  const shared = files.filter(({ instance }) => instance === null).flatMap(configMaps);
  const own = files.filter(({ service, instance }) => service === pod?.service && instance === pod?.instance);
  const wanted = {
    ...synapseFiles(shared),
    ...(pod === null ? {} : dataWith(own.flatMap(configMaps), ['nerve.conf.json', 'hacheck.yaml'])),
  };
  const texts = Object.fromEntries(Object.entries(wanted).map(([path, text]) => [path, fill(text)]));
  replaceFolder(out, io.cwd, texts, ['services.d']);
  const found = [...ofProject, ...diagnostics].filter(
    ({ severity, code }) => isOn(values, 'verbose') || severity === 'error' || code.startsWith('smartstack-'),
  );
  io.err(formatDiagnostics(found, reportStyle(project, io)));
  const missing = missingOf(texts, pod, cluster);
  if (missing !== null) io.err(`${missing}\n`);
  io.out(`${Object.keys(texts).length} files in ${out}\n`);
  return missing !== null || found.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** Everything that is rendered of one cluster, kept in memory. */
async function render(project: Project, cluster: string, verbose: boolean) {
  const files: RenderedFile[] = [];
  const modules = await loadConstructs(project);
  const sink: CompileSink = {
    begin: () => undefined,
    service: (_service, own) => void files.push(...own),
    kept: () => null,
    aggregates: (shared) => void files.push(...shared),
    progress: () => undefined,
  };
  const input = {
    soa: createDiskReader(project.soaDir),
    system: createDiskReader(project.systemConfigDir),
    scope: { clusters: [cluster] },
    filePer: 'instance',
    constructs: modules.constructs,
    strict: false,
    severity: project.severity,
    verbose,
  } as const;
  const { diagnostics } = await compile(input, sink);
  return { files, diagnostics: [...modules.diagnostics, ...diagnostics] };
}

type Texts = Readonly<Record<string, string>>;

function configMaps({ content }: RenderedFile): readonly { readonly name: string; readonly data: Texts }[] {
  if (!content.includes('\nkind: ConfigMap\n')) return [];
  const objects = loadAll(content, { schema: YAML11_SCHEMA }) as readonly KubeObject[];
  return objects
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata, data }) => ({ name: metadata.name, data: (data ?? {}) as Texts }));
}

/** The cluster's synapse.conf.json, and the shards of its services as one folder. */
function synapseFiles(maps: readonly { readonly name: string; readonly data: Texts }[]): Texts {
  const main = maps.find(({ data }) => Object.hasOwn(data, 'synapse.conf.json'));
  if (main === undefined) return {};
  const shards = maps.filter(({ name }) => /^-services-[0-9]+$/.test(name.slice(main.name.length)));
  const services = shards.flatMap(({ data }) => Object.entries(data));
  return { ...main.data, ...Object.fromEntries(services.map(([file, text]) => [`services.d/${file}`, text])) };
}

function dataWith(maps: readonly { readonly data: Texts }[], names: readonly string[]): Texts {
  const entries = maps.flatMap(({ data }) => Object.entries(data));
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)));
}

function missingOf(texts: Texts, pod: Pod | null, cluster: string): string | null {
  if (!Object.hasOwn(texts, 'synapse.conf.json')) return `nothing of synapse is rendered in ${cluster}`;
  if (pod === null || Object.hasOwn(texts, 'nerve.conf.json')) return null;
  return `nothing of nerve is rendered for ${pod.service}.${pod.instance} in ${cluster}`;
}

/** Replaces the templates whose values are known. Nothing else in the files begins with `<`, so no text is mistaken for one. */
function filler(values: OptionValues, pod: Pod | null): (text: string) => string {
  const known: (readonly [RuntimeValue, string])[] = textsOf(values, 'location').map((each) => {
    const [, type, name] = /^([A-Za-z0-9._-]+)=([A-Za-z0-9._-]+)$/.exec(each) ?? [];
    if (type === undefined || name === undefined) throw new UsageError(`--location takes TYPE=NAME; found "${each}"`);
    return [{ kind: 'node-file', path: `/nail/etc/${type}` }, name] as const;
  });
  if (pod !== null) known.push([{ kind: 'pod-ip' }, pod.ip], [{ kind: 'pod-name' }, pod.name]);
  return (text) => known.reduce((filled, [value, replacement]) => filled.replaceAll(erb(value), replacement), text);
}

/** A location that the cluster takes from no file on its nodes would fill in nothing. */
function refuseUnread(values: OptionValues, project: Project, cluster: string): void {
  const { clusters } = loadSystemConfig(createDiskReader(project.systemConfigDir), { onlyClusters: [cluster] });
  const locations = clusters.flatMap(({ smartstack }) => Object.values(smartstack?.locations ?? {}));
  const read = locations.flatMap((location) => ('nodeFile' in location ? [basename(location.nodeFile)] : []));
  const unread = textsOf(values, 'location')
    .map((each) => each.slice(0, each.indexOf('=')))
    .find((type) => !read.includes(type));
  if (unread === undefined || clusters.length === 0) return;
  const known = read.length === 0 ? 'none is' : `those that are: ${[...new Set(read)].join(', ')}`;
  throw new UsageError(`--location ${unread}: no location of ${cluster} is read from /nail/etc/${unread}; ${known}`);
}

function podOf(values: OptionValues): Pod | null {
  const job = textOf(values, 'instance');
  if (job === undefined) return null;
  const [, service, instance] = /^([^.]+)\.(.+)$/.exec(job) ?? [];
  if (service === undefined || instance === undefined)
    throw new UsageError(`--instance takes SERVICE.INSTANCE; found "${job}"`);
  const ip = needed(values, 'pod-ip');
  const name = needed(values, 'pod-name');
  if (!/^[0-9A-Fa-f.:]+$/.test(ip)) throw new UsageError(`--pod-ip takes an address; found "${ip}"`);
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name))
    throw new UsageError(`--pod-name takes the name of a pod; found "${name}"`);
  return { service, instance, ip, name };
}

function needed(values: OptionValues, name: string): string {
  const text = textOf(values, name);
  if (text === undefined) throw new UsageError(`--${name} is needed`);
  return text;
}
