import type { CompileScope } from './compile.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { didYouMean } from './diagnostics/did-you-mean.ts';
import type { ServiceSources } from './model/service-sources.ts';

/** The names that a scope is compared with; those that are absent, or null because they cannot be told, are not compared. */
export interface ScopeNames {
  readonly clusters?: readonly string[];
  readonly services?: readonly string[];
  /** Of the services in scope. */
  readonly instances?: readonly string[] | null;
}

/** Names of a scope that there are not, with the nearest right spelling. */
export function scopeFindings(scope: CompileScope, names: ScopeNames): readonly Diagnostic[] {
  const where = [
    ...(scope.services === undefined ? [] : [`of ${scope.services.join(', ')}`]),
    ...(scope.clusters === undefined ? [] : [`in ${scope.clusters.join(', ')}`]),
  ];
  return [
    ...unknown(scope.clusters, names.clusters, (name) => ({
      code: 'unknown-cluster',
      message: `there is no cluster ${JSON.stringify(name)}`,
      cluster: name,
    })),
    ...unknown(scope.services, names.services, (name) => ({
      code: 'missing-service',
      message: `there is no service ${JSON.stringify(name)} in the tree`,
      service: name,
    })),
    ...unknown(scope.instances, names.instances, (name) => ({
      code: 'missing-instance',
      message: `there is no instance ${JSON.stringify(name)} ${where.join(' ') || 'in the tree'}`,
      instance: name,
    })),
  ];
}

function unknown(
  wanted: readonly string[] = [],
  known: readonly string[] | null | undefined,
  about: (name: string) => Pick<Diagnostic, 'code' | 'message' | 'cluster' | 'service' | 'instance'>,
): readonly Diagnostic[] {
  if (known == null) return [];
  return wanted
    .filter((name) => !known.includes(name))
    .map((name) => ({
      ...{ severity: 'error', root: 'soa', file: '', path: [] },
      ...about(name),
      ...didYouMean(name, known),
    }));
}

/** Whether a finding is about how a run was called and not about the input. */
export function isAboutScope({ code, file }: Diagnostic): boolean {
  return file === '' && ['missing-service', 'missing-instance', 'unknown-cluster'].includes(code);
}

/** Instances of every type that services have; null when there is no service, or something that cannot be read. */
export function instanceNames(services: readonly ServiceSources[]): readonly string[] | null {
  const files = services.flatMap(({ instanceFiles }) => instanceFiles);
  const isUnknown = services.some(({ isUnlisted }) => isUnlisted) || files.some(({ document }) => document === null);
  if (services.length === 0 || isUnknown) return null;
  return files.flatMap(({ instances }) => instances);
}
