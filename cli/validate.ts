import { compile, withSeverity, type CompileSink } from '../compiler/compile.ts';
import { compareDiagnostics, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { listServices } from '../compiler/load/index.ts';
import { CODES } from '../compiler/validate/index.ts';
import { expiredBounds } from '../delivery/scale/expired-bounds.ts';
import { readEtcServices } from './etc-services.ts';
import { classOf } from './formats/finding-format.ts';
import { FORMATS } from './formats/index.ts';
import { rootPrefixes, sourceFrames } from './frames.ts';
import { version } from './main.ts';
import { progressLine } from './progress.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { SCOPE_OPTIONS, scopeOf } from './scope.ts';
import { isOn, textOf, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'validate',
  summary: 'find every mistake in soa-configs',
  usage: 'validate [--soa-dir D] [--system-config-dir D] [-s S]... [-c C]... [-o FORMAT]',
  description: `
Checks soa-configs, deployments.json and the system configuration with schemas and rules, and everything that would be
rendered from them against the Kubernetes API. Reports every mistake of every service at its line and column. Writes nothing.

A comment "# paasta-gitops: ignore CODE reason" at the end of a line ignores a finding there that is no error.

Exit status: 0 nothing but warnings, 1 an error, or a finding that is stricter than PaaSTA (policy), 2 wrong usage.`,
  options: {
    ...INPUT_OPTIONS,
    ...SCOPE_OPTIONS,
    strict: { help: 'warnings fail too; policy findings are errors' },
    'etc-services': { value: 'FILE', help: 'a file like /etc/services: proxy ports must not belong to others in it' },
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

async function run({ values, io }: Call): Promise<number> {
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const etcServices = readEtcServices(textOf(values, 'etc-services'), io.cwd);
  const progress = progressLine(io, 'services');
  const { diagnostics: found } = await compile(
    {
      soa: createDiskReader(project.soaDir),
      system: createDiskReader(project.systemConfigDir),
      scope: scopeOf(values),
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
