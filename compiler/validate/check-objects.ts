import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { KubeObject } from '../model/rendered-file.ts';
import type { ServiceSources } from '../model/service-sources.ts';
import { makeFinding, placeIn } from './finding.ts';
import { checkObject } from './objects/index.ts';

/** An instance and the objects that were rendered for it. */
export interface InstanceObjects {
  readonly instance: { readonly service: string; readonly cluster: string; readonly instance: string };
  readonly objects: readonly KubeObject[];
}

/** At most this many problems of one instance are reported. */
const MAX_PROBLEMS = 10;

/** Errors for what the API server would refuse in the objects of a service, each at the instance that made them. */
export function checkObjects(sources: ServiceSources, rendered: readonly InstanceObjects[]): readonly Diagnostic[] {
  return rendered.flatMap(({ instance: { service, cluster, instance }, objects }) => {
    const file = sources.instanceFiles.find((each) => each.cluster === cluster && each.instances.includes(instance));
    const found = objects.flatMap((object) => checkObject(object).map((problem) => ({ ...problem, object })));
    return found.slice(0, MAX_PROBLEMS).map(({ object, path, message, hint }) => {
      const text = `${object.kind} ${object.metadata.name}: ${path} ${message}`;
      const document = file?.document;
      const place = document ? placeIn(document, [instance], 'key') : { root: 'soa' as const, file: service, path: [] };
      return makeFinding({ class: 'error', code: 'bad-object', message: text, hint }, place, {
        service,
        cluster,
        instance,
      });
    });
  });
}
