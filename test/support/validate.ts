import { compile, type CheckOptions, type CompileInput } from '../../compiler/compile.ts';
import { compareDiagnostics, type Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { TreeReader } from '../../compiler/model/tree-reader.ts';
import { deploymentsJson, SYSTEM } from './sources.ts';
import { memoryReader, type MemoryFile } from './memory-reader.ts';

/** How a run of the validator differs from the usual one. */
export interface ValidateSetup {
  readonly strict?: boolean;
  readonly severity?: CompileInput['severity'];
  readonly scope?: CompileInput['scope'];
  readonly checks?: CheckOptions | false;
}

/** Every finding about a tree, as `validate` reports it. */
export async function validateTree(
  soa: TreeReader,
  system: TreeReader,
  setup: ValidateSetup = {},
): Promise<readonly Diagnostic[]> {
  const ignore = (): void => undefined;
  const { diagnostics } = await compile(
    {
      soa,
      system,
      scope: setup.scope ?? {},
      filePer: 'instance',
      constructs: [],
      verbose: false,
      strict: setup.strict ?? false,
      severity: setup.severity ?? {},
      checks: setup.checks ?? { assumeDeployed: true },
    },
    { begin: ignore, service: ignore, kept: () => null, aggregates: ignore, progress: ignore },
  );
  return [...diagnostics].sort(compareDiagnostics);
}

/** Findings about files in memory with a small company's system configuration; keys of `system` lie over it. */
export function validateFiles(
  files: Readonly<Record<string, MemoryFile>>,
  setup: ValidateSetup & { readonly system?: Readonly<Record<string, unknown>> } = {},
): Promise<readonly Diagnostic[]> {
  const system = memoryReader({ 'system.json': JSON.stringify({ ...SYSTEM, ...setup.system }) });
  return validateTree(memoryReader(files), system, setup);
}

/** Files of the service `shop` that no rule complains about, with the instance `main` deployed. */
export const SHOP: Readonly<Record<string, string>> = {
  'shop/service.yaml': 'description: Sells.\nexternal_link: https://wiki.example.com/shop\n',
  'shop/monitoring.yaml': 'team: sellers\n',
  'shop/deploy.yaml': 'pipeline:\n  - step: prod\n',
  'shop/deployments.json': deploymentsJson('shop', ['prod']),
  'shop/kubernetes-norcal-prod.yaml': 'main:\n  deploy_group: prod\n  instances: 2\n',
};

/** Findings about `shop` when some files differ, infos left out, as `class file:line:column code`. */
export async function findingsOfShop(
  files: Readonly<Record<string, MemoryFile | null>>,
  setup: Parameters<typeof validateFiles>[1] & { readonly notes?: boolean } = {},
): Promise<readonly string[]> {
  const merged = Object.entries({ ...SHOP, ...files }).filter(
    (entry): entry is [string, MemoryFile] => entry[1] !== null,
  );
  const found = await validateFiles(Object.fromEntries(merged), setup);
  return found.filter(({ severity }) => setup.notes === true || severity !== 'info').map(findingLine);
}

/** `policy shop/deploy.yaml:3:5 unknown-key`. */
export function findingLine(diagnostic: Diagnostic): string {
  const { severity, policy, file, line, column, code } = diagnostic;
  const level = policy === true && severity === 'warning' ? 'policy' : severity;
  return `${level} ${file}${line === undefined ? '' : `:${line}:${column}`} ${code}`;
}
