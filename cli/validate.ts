import { withSeverity, type CompileScope } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { CACHE_OPTIONS } from './cache-place.ts';
import { changedServices } from './changed-services.ts';
import { CHECK_OPTIONS, findMistakes } from './find-mistakes.ts';
import { writeModelines } from './modelines.ts';
import { INPUT_OPTIONS, loadProject, type Project } from './project.ts';
import { REPORT_OPTIONS, reportFindings } from './report-findings.ts';
import { SCOPE_OPTIONS, scopeOf } from './scope.ts';
import { isOn, textOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'validate',
  usage: 'validate [--soa-dir D] [--system-config-dir D] [-s S]... [-c C]... [--changed-since REF] [-o FORMAT]',
  description: `
Checks soa-configs, deployments.json and the system configuration with schemas and rules, and everything that would be
rendered from them against the Kubernetes API. Reports every mistake of every service at its line and column. Writes nothing.

A comment "# paasta-gitops: ignore CODE reason" at the end of a line ignores a finding there that is no error.

Exit status: 0 nothing but warnings, 1 an error, or a finding that is stricter than PaaSTA (policy), 2 wrong usage.`,
  options: {
    ...INPUT_OPTIONS,
    ...SCOPE_OPTIONS,
    'changed-since': {
      value: 'REF',
      help: 'only findings about services that changed since a git revision, and what depends on them',
    },
    ...CHECK_OPTIONS,
    ...CACHE_OPTIONS,
    ...REPORT_OPTIONS,
    'write-modelines': { help: 'begin every file that has a schema with the line that tells editors so' },
    'no-constructs': { help: "accepted; the project's construct modules are never loaded here" },
  },
  run,
};

async function run(call: Call): Promise<number> {
  const { values, io } = call;
  const { project, diagnostics: ofProject, unknownClusters } = loadProject(values, io);
  const scope = scopeOf(values);
  const changed = await changedOf(call, project, scope);
  if (changed?.length === 0) {
    io.err('no service changed\n');
    return reportFindings(call, project, ofProject);
  }
  if (isOn(values, 'write-modelines')) io.err(modelines(project, changed ?? scope.services));
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const diagnostics = [
    ...ofProject,
    ...withSeverity(unknownClusters(), policy),
    ...(await findMistakes(call, project, scope)).filter((each) => isAbout(changed, each)),
  ];
  return reportFindings(call, project, diagnostics);
}

/** A service that changed may be wrong together with others, which are looked at for that. */
function isAbout(services: readonly string[] | null, { service }: Diagnostic): boolean {
  return services === null || service === undefined || services.includes(service);
}

function modelines({ soaDir }: Project, services: readonly string[] | undefined): string {
  try {
    return writeModelines(soaDir, services);
  } catch (error) {
    throw new UsageError(`--write-modelines: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The services that `--changed-since` is about; null for all. */
async function changedOf(
  { values, io }: Call,
  project: Project,
  scope: CompileScope,
): Promise<readonly string[] | null> {
  const since = textOf(values, 'changed-since');
  if (since === undefined) return null;
  if (scope.services !== undefined) throw new UsageError('--changed-since finds the services itself: leave out -s');
  return (await changedServices(project, since, io.env)) ?? null;
}
