import { compile, withSeverity, type CompileScope, type CompileSink } from '../compiler/compile.ts';
import { compareDiagnostics, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { listServices } from '../compiler/load/index.ts';
import { CODES } from '../compiler/validate/index.ts';
import { expiredBounds } from '../delivery/scale/expired-bounds.ts';
import { changedServices } from './changed-services.ts';
import { readEtcServices } from './etc-services.ts';
import { classOf } from './formats/finding-format.ts';
import { FORMATS } from './formats/index.ts';
import { rootPrefixes, sourceFrames } from './frames.ts';
import { version } from './main.ts';
import { writeModelines } from './modelines.ts';
import { progressLine } from './progress.ts';
import { INPUT_OPTIONS, loadProject, type Project } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { SCOPE_OPTIONS, scopeOf } from './scope.ts';
import { isOn, textOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'validate',
  summary: 'find every mistake in soa-configs',
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
      help: 'only services that changed since a git revision, and what depends on them',
    },
    strict: { help: 'warnings fail too; policy findings are errors' },
    'etc-services': { value: 'FILE', help: 'a file like /etc/services: proxy ports must not belong to others in it' },
    'write-modelines': { help: 'begin every file that has a schema with the line that tells editors so' },
    'no-constructs': { help: "accepted; the project's construct modules are never loaded here" },
    output: {
      short: 'o',
      aliases: ['format'],
      value: 'FORMAT',
      choices: ['pretty', ...Object.keys(FORMATS)],
      help: 'pretty (default), json, github, sarif, gitlab or junit',
    },
    verbose: { short: 'v', help: 'show notes' },
  },
  run,
};

async function run(call: Call): Promise<number> {
  const { values, io } = call;
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const etcServices = readEtcServices(textOf(values, 'etc-services'), io.cwd);
  const scope = await scopeOfRun(call, project);
  if (scope.services?.length === 0) {
    io.err('no service changed\n');
    return 0;
  }
  if (isOn(values, 'write-modelines')) io.err(writeModelines(project.soaDir, scope.services));
  const progress = progressLine(io, 'services');
  const { diagnostics: found } = await compile(
    {
      soa: createDiskReader(project.soaDir),
      system: createDiskReader(project.systemConfigDir),
      scope,
      filePer: project.filePer,
      constructs: [],
      verbose: isOn(values, 'verbose'),
      strict: isOn(values, 'strict'),
      severity: project.severity,
      checks: { assumeDeployed: true, ...(etcServices && { etcServices }) },
    },
    nowhere(progress.update),
  );
  progress.clear();
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const expired = withSeverity(scaledTooLong(project.soaDir, scopeOf(values).services), policy);
  const diagnostics = [...ofProject, ...found, ...expired].sort(compareDiagnostics);
  const prefix = rootPrefixes(project, io.cwd);
  const format = textOf(values, 'output') ?? 'pretty';
  if (format === 'pretty') {
    const shown = isOn(values, 'verbose') ? diagnostics : diagnostics.filter(({ severity }) => severity !== 'info');
    io.out(formatDiagnostics(shown, { hasColor: io.hasColor, prefix, lineOf: sourceFrames(project) }));
    io.out(summary(diagnostics));
  } else {
    const pathOf = (diagnostic: Diagnostic): string => `${prefix[diagnostic.root]}${diagnostic.file}`;
    const descriptionOf = (code: string): string => CODES.get(code)?.meaning ?? code;
    io.out(FORMATS[format]!(diagnostics, { pathOf, version: version(), descriptionOf }));
  }
  return fails(diagnostics, isOn(values, 'strict')) ? 1 : 0;
}

/** Bounds that `scale` changed for a while which is over: the one finding that depends on the time. */
function scaledTooLong(soaDir: string, services: readonly string[] | undefined): readonly Diagnostic[] {
  const soa = createDiskReader(soaDir);
  const known = listServices(soa).services.filter((name) => services?.includes(name) ?? true);
  return expiredBounds(soa, known, new Date()).flatMap(({ diagnostics }) => diagnostics);
}

/** What the flags narrow the run to; with `--changed-since`, no services when none changed. */
async function scopeOfRun({ values, io }: Call, project: Project): Promise<CompileScope> {
  const scope = scopeOf(values);
  const since = textOf(values, 'changed-since');
  if (since === undefined) return scope;
  if (scope.services !== undefined) throw new UsageError('--changed-since finds the services itself: leave out -s');
  const services = await changedServices(project, since, io.env);
  return services === undefined ? scope : { ...scope, services };
}

/** Whether the run failed: by an error or a policy finding, and with `--strict` by a warning too. */
function fails(diagnostics: readonly Diagnostic[], isStrict: boolean): boolean {
  return diagnostics.some((diagnostic) => {
    const level = classOf(diagnostic);
    return level === 'error' || level === 'policy' || (isStrict && level === 'warning');
  });
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const counts = { error: 0, policy: 0, warning: 0, info: 0 };
  for (const diagnostic of diagnostics) counts[classOf(diagnostic)]++;
  const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
  return `${[
    count(counts.error, 'error', 'errors'),
    count(counts.policy, 'policy finding', 'policy findings'),
    count(counts.warning, 'warning', 'warnings'),
    count(counts.info, 'note', 'notes'),
  ].join(', ')}\n`;
}

/** A sink that keeps nothing. */
function nowhere(progress: (done: number, total: number) => void): CompileSink {
  const ignore = (): void => undefined;
  return { begin: ignore, service: ignore, kept: () => null, aggregates: ignore, progress };
}
