import { compareText, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { emitObjects } from '../emit/yaml.ts';
import { objectKey } from '../model/object-identity.ts';
import type { KubeObject, RenderedFile } from '../model/rendered-file.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import { loadToolkit } from './app.ts';
import { instanceFilePath, objectFilePath } from './file-paths.ts';
import { instanceObjects } from './instance-objects.ts';
import type { UserConstructs } from './user-constructs.ts';

export interface RenderOptions {
  /** One file for each instance, or one for each object. */
  readonly filePer: 'instance' | 'object';
  /** Users' constructs, in the order in which they run. */
  readonly constructs: readonly UserConstructs[];
  /** Show the stack when users' constructs fail. */
  readonly verbose: boolean;
}

/** An instance that was rendered, and its objects. */
export interface RenderedInstance {
  readonly instance: ResolvedInstance;
  /** Canonical, in the order in which they are applied. */
  readonly objects: readonly KubeObject[];
}

export interface RenderedService {
  readonly files: readonly RenderedFile[];
  /** Sorted by cluster and instance. */
  readonly rendered: readonly RenderedInstance[];
  /** Held back by a finding: their earlier files stay. */
  readonly failed: readonly ResolvedInstance[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Files of the instances of one service; `kustomization.yaml` and what several services share are made elsewhere. */
export async function renderService(
  instances: readonly ResolvedInstance[],
  options: RenderOptions,
): Promise<RenderedService> {
  if (instances.length === 0) return { files: [], rendered: [], failed: [], diagnostics: [] };
  const toolkit = await loadToolkit();
  const diagnostics: Diagnostic[] = [];
  const rendered: RenderedInstance[] = [];
  for (const instance of [...instances].sort(compareInstances)) {
    const result = instanceObjects(toolkit, instance, options.constructs, options.verbose);
    diagnostics.push(...result.diagnostics);
    if (result.objects !== null) rendered.push({ instance, objects: result.objects });
  }
  const collisions = sharedObjects(rendered, options.filePer);
  diagnostics.push(...collisions.values());
  const good = rendered.filter(({ instance }) => !collisions.has(instance));
  return {
    files: good.flatMap((each) => instanceFiles(each, options.filePer)),
    rendered: good,
    failed: instances.filter((instance) => !good.some((each) => each.instance === instance)),
    diagnostics,
  };
}

function compareInstances(a: ResolvedInstance, b: ResolvedInstance): number {
  return compareText(a.cluster, b.cluster) || compareText(a.instance, b.instance) || compareText(a.type, b.type);
}

/** A finding for every instance that makes an object which it, or another one of the cluster, makes too. */
function sharedObjects(
  rendered: readonly RenderedInstance[],
  filePer: RenderOptions['filePer'],
): ReadonlyMap<ResolvedInstance, Diagnostic> {
  const owners = new Map<string, ResolvedInstance>();
  const findings = new Map<ResolvedInstance, Diagnostic>();
  for (const { instance, objects } of rendered) {
    for (const object of objects) {
      for (const key of identities(instance, object, filePer)) {
        const owner = owners.get(key);
        if (owner === undefined) owners.set(key, instance);
        else {
          if (!findings.has(instance)) findings.set(instance, sharedObject(instance, owner, object));
          if (!findings.has(owner)) findings.set(owner, sharedObject(owner, instance, object));
        }
      }
    }
  }
  return findings;
}

/** What no two objects may share: their identity, and their file where each has its own, on any file system. */
function identities(
  instance: ResolvedInstance,
  object: KubeObject,
  filePer: RenderOptions['filePer'],
): readonly string[] {
  const key = `${instance.cluster} ${objectKey(object)}`;
  const hasOwnFile = filePer === 'object' || object.metadata.namespace === undefined;
  return hasOwnFile ? [key, objectFilePath(instance.cluster, object).toLowerCase()] : [key];
}

function sharedObject(instance: ResolvedInstance, other: ResolvedInstance, object: KubeObject): Diagnostic {
  const { service, cluster } = instance;
  const { name, namespace } = object.metadata;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const both =
    instance === other
      ? `${service}.${instance.instance} renders ${object.kind} ${name}${where} twice`
      : `${service}.${instance.instance} and ${service}.${other.instance} both render ${object.kind} ${name}${where}`;
  return {
    severity: 'error',
    code: 'name-collision',
    message: both,
    root: 'soa',
    file: `${service}/${instance.type}-${cluster}.yaml`,
    path: [instance.instance],
    hint: 'every object needs a name of its own; in constructs, begin it with instance.name',
    service,
    cluster,
    instance: instance.instance,
  };
}

function instanceFiles(rendered: RenderedInstance, filePer: RenderOptions['filePer']): RenderedFile[] {
  const { instance, objects } = rendered;
  const { cluster, service, namespace, name } = instance;
  const file = (path: string, content: readonly KubeObject[]): RenderedFile => ({
    path,
    content: emitObjects(content),
    cluster,
    service,
    instance: instance.instance,
  });
  if (filePer === 'object') return objects.map((object) => file(objectFilePath(cluster, object), [object]));
  const clusterScoped = objects.filter((object) => object.metadata.namespace === undefined);
  const own = objects.filter((object) => object.metadata.namespace !== undefined);
  return [
    ...(own.length > 0 ? [file(instanceFilePath(cluster, namespace, name), own)] : []),
    ...clusterScoped.map((object) => file(objectFilePath(cluster, object), [object])),
  ];
}
