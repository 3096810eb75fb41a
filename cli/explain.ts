import { nearest } from '../compiler/diagnostics/did-you-mean.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import type { JsonMap } from '../compiler/emit/json-data.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { createMask, type Mask } from '../differences/mask.ts';
import { createShown, keyText, plainJson, tellCause, type Shown, type ToldCause } from '../explain/cause-text.ts';
import { explainObject } from '../explain/explain-object.ts';
import { explainKey, unknownKey, type KeyExplanation, type KeyLayer } from '../explain/key.ts';
import { leavesOf } from '../explain/leaves.ts';
import { loadTraced } from '../explain/loaded.ts';
import { keyReport, objectReport, type ToldField, type ToldKey } from './explain-report.ts';
import { reportStyle, rootPrefixes } from './frames.ts';
import { isKnownService } from './known-service.ts';
import { INPUT_OPTIONS, loadProject, type Project } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { safeText } from './safe-text.ts';
import { outputOption, textOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'explain',
  usage:
    'explain -s SERVICE -i INSTANCE [-c CLUSTER] KEY | explain --object KIND/NAME [-c CLUSTER] [-s SERVICE] [FIELD.PATH]',
  description: `
Forwards: the value of an instance's key, and every place that sets it or would: the instance, its templates, autotuned defaults,
service.yaml and the service's other files, strongest first, and the default when there is none.

Backwards: what made a field of a rendered object, and all of its fields without FIELD.PATH. Items of lists are named by index
(containers[0]) or by name (containers[name=main]). It is found by trying: each line of input is changed and left out in memory, and the
object rendered again. "from" is what gives the value, "key" a key that stands in the field, "same" one of several lines that say the
same, "needs" what the field would not be there or be as it is without, "rule" the code that makes it. Construct modules of the project are not run.

Exit status: 0, 1 when there is no such instance, key, object or field, or the input cannot be used, 2 wrong usage.`,
  words: { min: 0, max: 1 },
  options: {
    ...INPUT_OPTIONS,
    service: { short: 's', value: 'SERVICE', help: 'the service' },
    instance: { short: 'i', value: 'INSTANCE', help: 'the instance whose key is explained' },
    cluster: { short: 'c', value: 'CLUSTER', help: 'the cluster (default: the only one that is configured)' },
    object: { value: 'KIND/NAME', help: 'the object, such as Deployment/web-main or Deployment/namespace/web-main' },
    output: outputOption(),
  },
  run,
};

interface World {
  readonly call: Call;
  readonly project: Project;
  readonly cluster: string;
  readonly mask: Mask;
  readonly isJson: boolean;
}

async function run(call: Call): Promise<number> {
  const { values, words, io } = call;
  const object = textOf(values, 'object');
  const isKey = object === undefined;
  if (
    isKey &&
    (words.length === 0 || textOf(values, 'service') === undefined || textOf(values, 'instance') === undefined)
  ) {
    throw new UsageError('-s SERVICE, -i INSTANCE and a KEY are needed, or --object KIND/NAME');
  }
  if (isKey && !/[^.[\]]/.test(words[0]!))
    throw new UsageError('the KEY is empty: give one such as cpus or monitoring.team');
  const { project, diagnostics } = loadProject(values, io);
  if (diagnostics.length > 0) {
    io.err(formatDiagnostics(diagnostics, reportStyle(project, io)));
    return 1;
  }
  const cluster = textOf(values, 'cluster') ?? onlyCluster(project);
  const isJson = textOf(values, 'output') === 'json';
  const world = { call, project, cluster, isJson, mask: createMask(project.mask) };
  return isKey ? runKey(world, words[0]!) : runObject(world, object, words[0] ?? '');
}

function onlyCluster(project: Project): string {
  const { clusters, failed } = loadSystemConfig(createDiskReader(project.systemConfigDir));
  const names = [...clusters.map(({ cluster }) => cluster), ...failed];
  if (names.length === 1) return names[0]!;
  throw new UsageError(`-c CLUSTER is needed: one of ${names.join(', ')}`);
}

function runKey({ call, project, cluster, mask, isJson }: World, key: string): number {
  const { values, io } = call;
  const [service, instance] = [textOf(values, 'service')!, textOf(values, 'instance')!];
  if (!isKnownService(service, project, io)) return 1;
  const trees = { soa: createDiskReader(project.soaDir), system: createDiskReader(project.systemConfigDir) };
  const loaded = loadTraced(trees, cluster, service);
  if (loaded === null)
    return refuse(
      call,
      `there is no usable system configuration for the cluster "${cluster}"`,
      'validate tells what is wrong with it',
    );
  const broken = loaded.sources.diagnostics.filter(({ severity }) => severity === 'error');
  io.err(formatDiagnostics(broken, reportStyle(project, io)));
  const explained = explainKey(loaded, instance, key);
  if (explained === null) {
    if (loaded.resolution.unknownInstances) return 1;
    const hint = nearest(instance, loaded.resolution.known);
    return refuse(call, `${service} has no instance "${instance}" in ${cluster}`, hint && `did you mean "${hint}"?`);
  }
  const unknown = unknownKey(explained);
  if (unknown !== null) return refuse(call, unknown.problem, unknown.hint);
  const prefix = rootPrefixes(project, io.cwd);
  const shown = createShown(mask);
  const told: ToldKey = {
    ...{ service, instance, cluster, key, defaults: explained.defaults },
    value: explained.value === undefined ? null : valueText(explained, shown, mask),
    layers: explained.layers.map((layer) => toldLayer(layer, prefix[layer.document.root], shown)),
  };
  io.out(isJson ? `${JSON.stringify(told, null, 2)}\n` : keyReport(told));
  return 0;
}

/** One value as its place shows it; a merged map as a whole. */
function valueText({ key, value, layers }: KeyExplanation, shown: Shown, mask: Mask): string {
  const set = layers.find(({ outcome }) => outcome === 'set');
  if (set !== undefined) return shown(set.document, set.path, set.value);
  const { instance } = mask.input({ instance: { [key]: plainJson(value ?? null) } }) as { instance: JsonMap };
  return JSON.stringify(instance[key]);
}

function toldLayer({ outcome, document, path, span, through, value }: KeyLayer, prefix: string, shown: Shown) {
  return {
    outcome,
    file: `${prefix}${document.file}`,
    ...(span && { line: span.line, column: span.column }),
    text: `${keyText(path)}${path.length === 0 ? '' : ': '}${shown(document, path, value)}`,
    ...(through && { through: { line: through.line, column: through.column } }),
  };
}

async function runObject({ call, project, cluster, mask, isJson }: World, name: string, path: string): Promise<number> {
  const { io, values } = call;
  const trees = { soa: createDiskReader(project.soaDir), system: createDiskReader(project.systemConfigDir) };
  const explained = await explainObject(
    { ...trees, cluster, service: textOf(values, 'service'), constructs: [] },
    name,
    path,
  );
  if ('problem' in explained) return refuse(call, explained.problem, explained.hint);
  if (project.constructs.length > 0) {
    io.err('paasta-gitops: note: construct modules are not run; what they change is not explained\n');
  }
  const { object, fields, because } = explained;
  const prefix = rootPrefixes(project, io.cwd);
  const telling = { soa: trees.soa, cluster, shown: createShown(mask) };
  const masked = leavesOf(mask.object(object.document));
  const tell = (cause: (typeof because)[number]): ToldCause => {
    const told = tellCause(cause, telling);
    return { ...told, file: `${prefix[told.root]}${told.file}` };
  };
  const told = {
    object: object.id,
    because: because.map(tell),
    fields: fields.map(({ path: at, value, causes, isDigest, rules }): ToldField => {
      const shown = masked.has(at) ? masked.get(at)!.value : typeof value === 'string' ? '<hidden>' : value;
      return { path: at, value: shown, causes: causes.map(tell), isDigest, rules };
    }),
  };
  io.out(isJson ? `${JSON.stringify(told, null, 2)}\n` : objectReport(told));
  return 0;
}

function refuse({ io }: Call, problem: string, hint?: string): number {
  io.err(`paasta-gitops explain: error: ${safeText(problem)}\n`);
  if (hint !== undefined) io.err(`  hint: ${safeText(hint)}\n`);
  return 1;
}
