import { isJsonMap, mapsAt } from '../../emit/json-data.ts';
import type { ObjectProblem } from './check-value.ts';

/** Kinds whose pods run until somebody ends them. */
const LASTING: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);
const PATH = 'spec.template.spec';

/** What the API server refuses in a pod template and its schema does not tell: containers without an image, an end for pods that have none. */
export function checkPodTemplate(spec: unknown, kind: string, problems: ObjectProblem[]): void {
  if (!isJsonMap(spec)) return;
  for (const list of ['initContainers', 'containers'])
    for (const [at, container] of mapsAt(spec, list).entries()) {
      if (typeof container['image'] === 'string' && container['image'] !== '') continue;
      problems.push({ path: `${PATH}.${list}[${at}]`, message: `${JSON.stringify(container['name'])} has no image` });
    }
  if (!LASTING.has(kind)) return;
  if (spec['activeDeadlineSeconds'] != null)
    problems.push({ path: `${PATH}.activeDeadlineSeconds`, message: `is nothing that pods of a ${kind} may have` });
  const restartPolicy = spec['restartPolicy'] ?? 'Always';
  if (restartPolicy !== 'Always')
    problems.push({ path: `${PATH}.restartPolicy`, message: `is ${JSON.stringify(restartPolicy)}, expected Always` });
}
