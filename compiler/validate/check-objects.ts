import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import type { ServiceSources } from '../model/service-sources.ts';
import { makeFinding, placeIn } from './finding.ts';
import { checkObject, type ObjectProblem } from './objects/index.ts';

/** An instance and the objects that were rendered for it. */
export interface InstanceObjects {
  readonly instance: { readonly service: string; readonly cluster: string; readonly instance: string };
  readonly objects: readonly KubeObject[];
}

/** At most this many problems of one instance are reported. */
const MAX_PROBLEMS = 10;

/** Errors for what the API server would refuse in the objects of a service, each at the instance that made them. */
export function checkObjects(sources: ServiceSources, rendered: readonly InstanceObjects[]): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { instance, objects } of rendered) {
    const found: FoundProblem[] = [];
    for (const object of objects) {
      for (const problem of checkObject(object)) found.push({ ...problem, object });
    }
    if (found.length > 0) diagnostics.push(...reports(sources, instance, found));
  }
  return diagnostics;
}

interface FoundProblem extends ObjectProblem {
  readonly object: KubeObject;
}

function reports(
  sources: ServiceSources,
  { service, cluster, instance }: InstanceObjects['instance'],
  found: readonly FoundProblem[],
): readonly Diagnostic[] {
  const file = sources.instanceFiles.find((each) => each.cluster === cluster && each.instances.includes(instance));
  return found.slice(0, MAX_PROBLEMS).map(({ object, path, message, hint }) => {
    const text = `${object.kind} ${object.metadata.name}: ${path} ${message}`;
    const document = file?.document;
    const place = document ? placeIn(document, [instance], 'key') : { root: 'soa' as const, file: service, path: [] };
    const scope = { service, cluster, instance };
    return makeFinding({ class: 'error', code: 'bad-object', message: text, hint }, place, scope);
  });
}
