import { compareDiagnostics, type Diagnostic, type Path, type Root } from '../compiler/diagnostics/diagnostic.ts';
import { CODES } from '../compiler/validate/index.ts';
import { createNameTest, SECRET_REFERENCES, type NameTest } from '../differences/secret-names.ts';
import { classOf } from './formats/finding-format.ts';
import { FORMATS } from './formats/index.ts';
import { reportStyle, rootPrefixes } from './frames.ts';
import { version } from './version.ts';
import type { Project } from './project.ts';
import { formatDiagnostics } from './report.ts';
import { isOn, outputOption, textOf, type Call, type OptionSpecs } from './verb.ts';

/** Flags that say how findings are shown. */
export const REPORT_OPTIONS: OptionSpecs = {
  output: {
    ...outputOption('pretty', ...Object.keys(FORMATS)),
    help: 'pretty (default), json, github, sarif, gitlab or junit',
  },
  verbose: { short: 'v', help: 'show notes' },
};

/** Prints findings as the flags say, sorted, and returns the exit status: 1 when any of them fails the run. */
export function reportFindings({ values, io }: Call, project: Project, found: readonly Diagnostic[]): number {
  const diagnostics = [...found].sort(compareDiagnostics);
  const prefix: Readonly<Record<Root, string>> = rootPrefixes(project, io.cwd);
  const format = textOf(values, 'output') ?? 'pretty';
  if (format === 'pretty') {
    const shown = isOn(values, 'verbose') ? diagnostics : diagnostics.filter(({ severity }) => severity !== 'info');
    io.out(formatDiagnostics(shown, reportStyle(project, io)));
    io.out(summary(diagnostics));
  } else {
    const pathOf = (diagnostic: Diagnostic): string => `${prefix[diagnostic.root]}${diagnostic.file}`;
    const descriptionOf = (code: string): string => CODES.get(code)?.meaning ?? code;
    const isSecretName = createNameTest(project.mask);
    const shown = diagnostics.map((each) => ({ ...each, path: shownPath(each.path, isSecretName) }));
    io.out(FORMATS[format]!(shown, { pathOf, version: version(), descriptionOf }));
  }
  return fails(diagnostics, isOn(values, 'strict')) ? 1 : 0;
}

/** A path down to the first secret key: a secret that begins with a brace looks like keys below it. The first step is an instance. */
function shownPath(path: Path, isSecretName: NameTest): Path {
  const isSecret = (step: string | number, index: number): boolean =>
    index > 0 && typeof step === 'string' && isSecretName(step) && !SECRET_REFERENCES.has(step);
  const at = path.findIndex(isSecret);
  return at === -1 ? path : path.slice(0, at + 1);
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
