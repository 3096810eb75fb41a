import { compareText, type Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { SHARED_SERVICE } from '../compiler/model/names.ts';
import { findMistakes } from './find-mistakes.ts';
import { isAboutScope, scopeFindings } from '../compiler/scope-findings.ts';
import { reportStyle, rootPrefixes } from './frames.ts';
import { INPUT_OPTIONS, loadProject, type Project } from './project.ts';
import { REPORT_OPTIONS, reportFindings } from './report-findings.ts';
import { formatDiagnostics } from './report.ts';
import { safeText } from './safe-text.ts';
import { SCOPE_OPTIONS, scopeOf } from './scope.ts';
import { takeInventory, type SecretInventory, type SecretUse } from './secret-inventory.ts';
import { textOf, UsageError, type Call, type Verb } from './verb.ts';

/** What `validate` finds about secrets. */
const CODES = new Set([
  ...['bad-secret', 'bad-secret-reference', 'broken-secret', 'missing-secret', 'plaintext-secret', 'unknown-ecosystem'],
  ...['unsigned-secret', 'unused-secret', 'unused-secret-entry'],
]);

export const verb: Verb = {
  name: 'secrets',
  usage: 'secrets list|lint [-c C]... [-s S]... [-i I]... [-o FORMAT]',
  description: `
list: every place where an instance refers to a secret of soa-configs, in each cluster, with file and line, and whether there is an
entry for the cluster. lint: what validate finds about secrets, and entries that nothing in their clusters refers to. Ciphertexts
are not read further than to see that there is one.

Exit status: 0, 1 when part of the tree cannot be read or lint finds an error or a missing secret, 2 wrong usage.`,
  words: { min: 1, max: 1 },
  options: {
    ...INPUT_OPTIONS,
    ...SCOPE_OPTIONS,
    output: { ...REPORT_OPTIONS['output']!, help: 'list: pretty or json; lint: the forms of validate' },
    verbose: REPORT_OPTIONS['verbose']!,
    strict: { help: 'lint: warnings fail too' },
  },
  run,
};

async function run(call: Call): Promise<number> {
  const { values, words, io } = call;
  const [subject] = words;
  if (subject !== 'list' && subject !== 'lint') throw new UsageError(`secrets takes list or lint; found "${subject!}"`);
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const inventory = takeInventory(createDiskReader(project.soaDir), createDiskReader(project.systemConfigDir));
  const scope = scopeOf(values);
  if (subject === 'list') {
    const fits = (wanted: readonly string[] | undefined, value: string): boolean => wanted?.includes(value) ?? true;
    const uses = inventory.uses.filter(
      (use) =>
        fits(scope.clusters, use.cluster) && fits(scope.services, use.service) && fits(scope.instances, use.instance),
    );
    const unknown = scopeFindings(scope, inventory.namesIn(scope));
    return list(call, project, uses, [...ofProject, ...inventory.diagnostics, ...unknown]);
  }
  const isWhole = Object.keys(scope).length === 0;
  const found = (await findMistakes(call, project, scope)).filter((each) => CODES.has(each.code) || isAboutScope(each));
  return reportFindings(call, project, [...ofProject, ...found, ...(isWhole ? unusedEntries(inventory) : [])]);
}

function list(
  { values, io }: Call,
  project: Project,
  uses: readonly SecretUse[],
  errors: readonly Diagnostic[],
): number {
  const format = textOf(values, 'output') ?? 'pretty';
  if (format !== 'pretty' && format !== 'json') throw new UsageError('secrets list has the forms pretty and json');
  const sorted = [...uses].sort((a, b) => compareText(sortKey(a), sortKey(b)));
  const prefix = rootPrefixes(project, io.cwd);
  if (format === 'json') io.out(`${JSON.stringify(sorted, null, 2)}\n`);
  else {
    const rows = sorted.map((use) => [
      use.cluster,
      `${use.service}.${use.instance}`,
      use.key,
      `${use.owner}/secrets/${use.secret}.json`,
      `${prefix.soa}${use.file}${use.line === null ? '' : `:${use.line}`}`,
      use.state === 'ready' ? `ready (${use.environment ?? ''})` : use.state,
    ]);
    const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
    for (const row of rows) {
      const cells = row.map((cell, at) => safeText(cell).padEnd(widths[at]!));
      io.out(`${cells.join('  ').trimEnd()}\n`);
    }
  }
  io.err(formatDiagnostics(errors, reportStyle(project, io)));
  return errors.length > 0 ? 1 : 0;
}

function sortKey({ cluster, service, instance, key }: SecretUse): string {
  return [cluster, service, instance, key].join('\n');
}

/** Shared secrets that nobody uses, and entries for environments in whose clusters nothing refers to the secret. */
function unusedEntries({ uses, files, clustersOf, mentions }: SecretInventory): readonly Diagnostic[] {
  return [...files].flatMap(([owner, secrets]) =>
    Object.values(secrets).flatMap(({ name, file, environments }): readonly Diagnostic[] => {
      const isUsedIn = (cluster: string): boolean =>
        mentions(owner, cluster, name) ||
        uses.some((use) => use.owner === owner && use.secret === name && use.cluster === cluster);
      const idle = Object.entries(environments).flatMap(([environment, { hasCiphertext }]) => {
        const clusters = clustersOf.get(environment) ?? [];
        return hasCiphertext && clusters.length > 0 && !clusters.some(isUsedIn) ? [{ environment, clusters }] : [];
      });
      const known = Object.keys(environments).filter((environment) => clustersOf.has(environment));
      if (idle.length === 0) return [];
      const isIdle = idle.length === known.length;
      // Of a service's own secret, validate says that.
      if (isIdle && owner !== SHARED_SERVICE) return [];
      if (isIdle)
        return [unused(owner, file, 'unused-secret', `nothing refers to the shared secret ${JSON.stringify(name)}`)];
      return idle.map(({ environment, clusters }) => {
        const message = `secret ${JSON.stringify(name)} has an entry for ${environment}, and nothing in ${clusters.join(', ')} refers to it`;
        return unused(owner, file, 'unused-secret-entry', message);
      });
    }),
  );
}

function unused(service: string, file: string, code: string, message: string): Diagnostic {
  return { severity: 'warning', code, message, root: 'soa', file, path: [], service, instances: [] };
}
