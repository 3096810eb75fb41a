import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createForeignCache, listServices, loadService, loadSystemConfig } from '../compiler/load/index.ts';
import { INSTANCE_TYPES } from '../compiler/model/service-sources.ts';
import { scopeFindings } from '../compiler/scope-findings.ts';
import { reportStyle } from './frames.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { SCOPE_OPTIONS, scopeOf } from './scope.ts';
import { outputOption, textOf, UsageError, type Call, type Verb } from './verb.ts';

const SUBJECTS = ['services', 'instances', 'clusters'];

export const verb: Verb = {
  name: 'list',
  usage: 'list services|instances|clusters [-c CLUSTER]... [-s SERVICE]... [--type TYPE]',
  description: `
Lists what the soa-configs tree holds, one name a line, sorted: services with at least one instance in a known cluster,
instances (service.instance) of every type, or the clusters that are known.

Exit status: 0, or 1 when part of the tree cannot be read, or it has no such service or cluster; 2 wrong usage.`,
  words: { min: 1, max: 1 },
  options: {
    ...INPUT_OPTIONS,
    cluster: SCOPE_OPTIONS['cluster']!,
    service: SCOPE_OPTIONS['service']!,
    type: { value: 'TYPE', choices: INSTANCE_TYPES, help: 'only instances of this type' },
    output: outputOption(),
  },
  run,
};

function run({ values, words, io }: Call): Promise<number> {
  const subject = words[0]!;
  if (!SUBJECTS.includes(subject)) throw new UsageError(`list takes ${SUBJECTS.join(', ')}; found "${subject}"`);
  if (subject === 'clusters' && ['cluster', 'service', 'type'].some((name) => values[name] !== undefined))
    throw new UsageError('list clusters lists all of them: it takes no -c, -s or --type');
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const scope = scopeOf(values);
  const soa = createDiskReader(project.soaDir);
  const system = loadSystemConfig(createDiskReader(project.systemConfigDir));
  const listed = listServices(soa);
  const unknown = scopeFindings(scope, { clusters: system.universe, services: listed.services });
  const diagnostics = [...ofProject, ...system.diagnostics, ...listed.diagnostics, ...unknown];
  const load = {
    clusters: new Set(system.universe),
    customPrefixes: new Set(system.customPrefixes),
    foreign: createForeignCache(),
  };
  const rows: string[] = [];
  if (subject === 'clusters') rows.push(...system.universe);
  else {
    for (const service of listed.services.filter((name) => scope.services?.includes(name) ?? true)) {
      const sources = loadService(soa, service, load);
      diagnostics.push(...sources.diagnostics.filter(({ severity }) => severity === 'error'));
      const instances = sources.instanceFiles
        .filter(({ cluster }) => scope.clusters?.includes(cluster) ?? true)
        .filter(({ type }) => textOf(values, 'type') === undefined || type === textOf(values, 'type'))
        .flatMap((file) => file.instances.map((instance) => `${service}.${instance}`));
      if (subject === 'instances') rows.push(...instances);
      else if (instances.length > 0) rows.push(service);
    }
  }
  const names = [...new Set(rows)].sort(compareText);
  if (textOf(values, 'output') === 'json') io.out(`${JSON.stringify(names, null, 2)}\n`);
  else io.out(names.map((name) => `${name}\n`).join(''));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  io.err(formatDiagnostics(errors, reportStyle(project, io)));
  return Promise.resolve(errors.length > 0 ? 1 : 0);
}
