import type { Path } from '../diagnostics/diagnostic.ts';
import type { ServiceSources } from '../model/service-sources.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { isMap, type YamlValue } from '../model/yaml-value.ts';

/** A step of the pipeline that deploys a group. */
export interface PipelineGroup {
  readonly name: string;
  readonly isDisabled: boolean;
  readonly document: SourceDocument;
  /** Of the step's name. */
  readonly path: Path;
}

/** Steps that do something else than deploying. PaaSTA: `DEPLOY_PIPELINE_NON_DEPLOY_STEPS`, and `command-…`. */
const OTHER_STEPS: ReadonlySet<string> = new Set([
  'itest',
  'itest-and-push-to-registry',
  'security-check',
  'performance-check',
  'push-to-registry',
]);

/** Deploy groups of deploy.yaml, or of the key `deploy` of service.yaml, which takes its whole place. */
export function readPipelineGroups({ serviceYaml, deploy }: ServiceSources): readonly PipelineGroup[] {
  if (serviceYaml.kind === 'read' && isMap(serviceYaml.document.value)) {
    const { value } = serviceYaml.document;
    if (Object.hasOwn(value, 'deploy')) return groupsIn(serviceYaml.document, value['deploy']!, ['deploy']);
  }
  return deploy.kind === 'read' ? groupsIn(deploy.document, deploy.document.value, []) : [];
}

function groupsIn(document: SourceDocument, value: YamlValue, path: Path): readonly PipelineGroup[] {
  const pipeline = isMap(value) ? value['pipeline'] : undefined;
  if (!Array.isArray(pipeline)) return [];
  return (pipeline as readonly YamlValue[]).flatMap((item, index) => {
    const at = [...path, 'pipeline', index];
    const parallel = isMap(item) ? item['parallel'] : undefined;
    if (!Array.isArray(parallel) || parallel.length === 0) return stepIn(document, item, at);
    return (parallel as readonly YamlValue[]).flatMap((step, i) => stepIn(document, step, [...at, 'parallel', i]));
  });
}

function stepIn(document: SourceDocument, step: YamlValue, path: Path): readonly PipelineGroup[] {
  const name = isMap(step) ? step['step'] : undefined;
  if (!isMap(step) || typeof name !== 'string' || OTHER_STEPS.has(name) || name.startsWith('command-')) return [];
  return [{ name, isDisabled: step['disabled'] === true, document, path: [...path, 'step'] }];
}
