import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { loadSystemConfig } from '../compiler/load/index.ts';
import { checkClusters, checkProjectClusters, DOCTOR_CLUSTER_OPTIONS } from './doctor/clusters.ts';
import type { Finding } from './doctor/finding.ts';
import { checkCache, checkInput, checkOutput, checkPrograms, checkProject, unreadableProject } from './doctor/local.ts';
import { cacheFolder, CACHE_OPTIONS } from './cache-place.ts';
import type { Io } from './io.ts';
import { findProjectFile } from './project-file.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { safeText } from './safe-text.ts';
import { isOn, outputOption, textOf, UsageError, type Call, type OptionValues, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'doctor',
  usage: 'doctor [--offline] [-o text|json]',
  description: `
Looks at Node and git, the project file, the input trees, the cache, the index of the output, and at each configured cluster:
its context, whether it answers, and by the API's own access reviews whether the account has the rights of diff, status, apply and
prune. Changes nothing. Each line is ok, a warning or an error, with the next step.

Exit status: 0 no error, 1 an error, 2 wrong usage.`,
  options: {
    ...INPUT_OPTIONS,
    ...DOCTOR_CLUSTER_OPTIONS,
    out: { value: 'DIR', help: 'output tree (default: project file, else dist)' },
    'cache-dir': CACHE_OPTIONS['cache-dir']!,
    offline: { help: 'ask no cluster' },
    output: outputOption(),
  },
  run,
};

async function run(call: Call): Promise<number> {
  const { values, io } = call;
  const findings = [...(await checkPrograms(io, process.versions.node)), ...(await checkInstallation(call))];
  if (textOf(values, 'output') === 'json') io.out(`${JSON.stringify(findings, null, 2)}\n`);
  else io.out(findings.map(asText).join(''));
  return findings.some(({ level }) => level === 'error') ? 1 : 0;
}

/** The project file and everything that it leads to; nothing of that when its settings are not known. */
async function checkInstallation({ values, io }: Call): Promise<readonly Finding[]> {
  const cache = checkCache(cacheFolder(textOf(values, 'cache-dir'), io), io.cwd);
  const found = openProject(values, io);
  if ('problem' in found) return [unreadableProject(found.problem), cache];
  const { file, project, diagnostics } = found;
  const ofProject = checkProject(file, diagnostics, io.cwd);
  if (diagnostics.some(({ path }) => path.length === 0)) return [...ofProject, cache];
  const system = loadSystemConfig(createDiskReader(project.systemConfigDir));
  const clusters = system.clusters.map(({ cluster }) => cluster);
  const namespace = textOf(values, 'inventory-namespace') ?? 'paasta';
  return [
    ...ofProject,
    ...checkInput(project, system, io.cwd),
    cache,
    ...checkOutput(project.out, clusters, io.cwd),
    ...checkProjectClusters(project, clusters),
    ...(isOn(values, 'offline') ? [] : await checkClusters(project, clusters, { values, io, namespace })),
  ];
}

function openProject(values: OptionValues, io: Io) {
  try {
    return { file: findProjectFile(textOf(values, 'config'), io.cwd), ...loadProject(values, io) };
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
}

function asText({ level, about, message, next }: Finding): string {
  const line = `${level.padEnd(7)}  ${safeText(about)}: ${safeText(message)}\n`;
  return next === undefined ? line : `${line}         next: ${safeText(next)}\n`;
}
