import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { pythonText, PyFloat, type YamlValue } from '../compiler/model/yaml-value.ts';
import { renderService } from '../compiler/render/index.ts';
import { instanceNames, scopeFindings } from '../compiler/scope-findings.ts';
import { createMask, type Mask } from '../differences/mask.ts';
import { loadTraced, type LoadedService } from '../explain/loaded.ts';
import { reportStyle } from './frames.ts';
import { isKnownService } from './known-service.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { textOf, UsageError, type Call, type Verb } from './verb.ts';

const STAGES = ['load', 'resolve', 'render'];

export const verb: Verb = {
  name: 'dump',
  usage: 'dump --stage load|resolve|render -s SERVICE [-i INSTANCE] [-c CLUSTER]',
  description: `
Prints what a pass of the compiler hands to the next one for a service, as JSON by cluster: load gives the parsed files, resolve the
instances with every default filled in and where each member came from, render the objects of each instance. Secret values are
hidden. Construct modules of the project are not run.

Exit status: 0, 1 when the input has errors (what could be made is printed) or no such service or instance, 2 wrong usage.`,
  options: {
    ...INPUT_OPTIONS,
    stage: { value: STAGES.join('|'), choices: STAGES, help: 'the pass whose result is printed' },
    service: { short: 's', value: 'SERVICE', help: 'the service' },
    instance: { short: 'i', value: 'INSTANCE', help: 'only this instance' },
    cluster: { short: 'c', value: 'CLUSTER', help: 'only this cluster' },
  },
  run,
};

async function run({ values, io }: Call): Promise<number> {
  const [stage, service] = [textOf(values, 'stage'), textOf(values, 'service')];
  if (stage === undefined || service === undefined) throw new UsageError('--stage and -s SERVICE are needed');
  const { project, diagnostics: ofProject } = loadProject(values, io);
  if (!isKnownService(service, project, io)) return 1;
  const trees = { soa: createDiskReader(project.soaDir), system: createDiskReader(project.systemConfigDir) };
  const cluster = textOf(values, 'cluster');
  const system = loadSystemConfig(trees.system, cluster === undefined ? {} : { onlyClusters: [cluster] });
  const diagnostics = [...ofProject, ...system.diagnostics];
  const instance = textOf(values, 'instance');
  const mask = createMask(project.mask);
  const dumped: Record<string, unknown> = {};
  const sources: ServiceSources[] = [];
  for (const config of system.clusters) {
    const loaded = loadTraced(trees, config.cluster, service)!;
    diagnostics.push(...loaded.diagnostics);
    sources.push(loaded.sources);
    dumped[config.cluster] = plain(await dataOf(stage, loaded, instance), mask);
  }
  const scope = { services: [service], ...(instance !== undefined && { instances: [instance] }) };
  diagnostics.push(...scopeFindings(scope, { instances: instanceNames(sources) }));
  io.out(`${JSON.stringify(mask.object(dumped), null, 2)}\n`);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  io.err(formatDiagnostics(errors, reportStyle(project, io)));
  return errors.length > 0 ? 1 : 0;
}

async function dataOf(
  stage: string,
  { sources, resolution }: LoadedService,
  instance: string | undefined,
): Promise<unknown> {
  if (stage === 'load') return sources;
  const instances = resolution.instances.filter((each) => instance === undefined || each.instance === instance);
  if (stage === 'resolve') return { ...resolution, instances };
  const { rendered } = await renderService(instances, { filePer: 'instance', constructs: [], verbose: false });
  return Object.fromEntries(rendered.map((each) => [each.instance.instance, each.objects]));
}

/** JSON data: a document is its file and its masked value, numbers lose Python's spelling except in environments, which are text. */
function plain(value: unknown, mask: Mask, key = ''): unknown {
  if (value instanceof PyFloat) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, mask));
  if (value instanceof Set) return [...value].map((item) => plain(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  const map: Readonly<Record<string, unknown>> = { ...value };
  if ('locate' in value) return { file: map['file'], value: mask.input(plain(map['value'], mask)) };
  const entries = Object.entries(map).filter(([, inner]) => typeof inner !== 'function');
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name,
      key === 'env' && isScalar(inner) ? pythonText(inner) : plain(inner, mask, name),
    ]),
  );
}

function isScalar(value: unknown): value is YamlValue {
  return value !== undefined && (typeof value !== 'object' || value === null || value instanceof PyFloat);
}
