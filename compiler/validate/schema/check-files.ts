import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts';
import { isWorkloadType } from '../../model/instances.ts';
import type { InstanceFile, ServiceFile, ServiceSources } from '../../model/service-sources.ts';
import type { SourceDocument } from '../../model/source-document.ts';
import { isMap } from '../../model/yaml-value.ts';
import type { FindingScope } from '../finding.ts';
import { checkDocument, type SchemaCheck } from './check-document.ts';
import type { SchemaName } from './validators.ts';

type FileMember = 'serviceYaml' | 'smartstack' | 'monitoring' | 'deploy' | 'dependencies' | 'authorization';

const SERVICE_KINDS: Readonly<Record<FileMember, SchemaName>> = {
  serviceYaml: 'service',
  smartstack: 'smartstack',
  monitoring: 'monitoring',
  deploy: 'deploy',
  dependencies: 'dependencies',
  authorization: 'authorization',
};

const EKS_ONLY: ReadonlySet<string> = new Set(['x-eks-only']);

/** Checks every file of a service that has a schema. */
export function checkFiles(sources: ServiceSources): readonly Diagnostic[] {
  return [
    ...Object.entries(SERVICE_KINDS).flatMap(([member, kind]) =>
      checkServiceFile(sources, sources[member as FileMember], kind),
    ),
    ...sources.instanceFiles.flatMap((file) => checkInstanceFile(sources.service, file)),
    ...Object.entries(sources.autotuned).flatMap(([name, file]) => checkAutotuned(sources.service, name, file)),
    ...Object.values(sources.otherDocuments).flatMap((document) => checkRollback(sources.service, document)),
    ...checkDeployments(sources),
  ];
}

function checkServiceFile({ service }: ServiceSources, file: ServiceFile, kind: SchemaName): readonly Diagnostic[] {
  if (file.kind !== 'read') return [];
  return checkDocument(file.document, { kind, hasNames: kind === 'smartstack', scopeOf: () => ({ service }) });
}

function checkInstanceFile(service: string, file: InstanceFile): readonly Diagnostic[] {
  const { document, cluster, type } = file;
  const isWorkload = isWorkloadType(type);
  if (document === null || (!isWorkload && type !== 'adhoc')) return [];
  const names = new Set(file.instances);
  const scopeOf = (path: Path): FindingScope => {
    if (!isWorkload) return { service, cluster, instances: [] };
    const [first] = path;
    if (typeof first !== 'string') return { service, cluster };
    return names.has(first) ? { service, cluster, instance: first } : { service, cluster, instances: [] };
  };
  const check: SchemaCheck = { kind: isWorkload ? 'kubernetes' : 'adhoc', hasNames: true, scopeOf };
  return checkDocument(document, type === 'eks' ? { ...check, ignoredKeywords: EKS_ONLY } : check);
}

function checkAutotuned(service: string, name: string, file: ServiceFile): readonly Diagnostic[] {
  const [type = '', ...rest] = name.split('-');
  if (file.kind !== 'read' || (type !== 'kubernetes' && type !== 'eks')) return [];
  const cluster = rest.join('-');
  const scopeOf = (path: Path): FindingScope => {
    const [first] = path;
    return typeof first === 'string' ? { service, cluster, instance: first } : { service, cluster };
  };
  return checkDocument(file.document, { kind: 'autotuned_defaults', hasNames: true, scopeOf });
}

/** Rollback files hold back nothing: they are accepted and not acted on. */
function checkRollback(service: string, document: SourceDocument): readonly Diagnostic[] {
  return checkDocument(document, { kind: 'rollback', scopeOf: () => ({ service, instances: [] }) });
}

/** Unusable entries are an error of the instances that follow them, which only resolving knows. */
function checkDeployments({ service, deployments }: ServiceSources): readonly Diagnostic[] {
  if (deployments.kind !== 'read' || !isMap(deployments.document.value)) return [];
  return checkDocument(deployments.document, { kind: 'deployments', scopeOf: () => ({ service, instances: [] }) });
}
