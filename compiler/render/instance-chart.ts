import type { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { KubeObject } from '../model/rendered-file.ts';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { Toolkit } from './app.ts';

/** One of our constructs: in a chart, or its manifest alone. */
interface ObjectClass<Props> {
  new (scope: Construct, id: string, props: Props): ApiObject;
  manifest(props: Props): KubeObject;
}

type Take = <Props>(object: ObjectClass<Props>, id: string, props: Props) => void;

/** Adds what is rendered for one instance to its chart, for users' constructs to find and change. */
export function addInstance(toolkit: Toolkit, chart: Chart, instance: ResolvedInstance): void {
  takeObjects(toolkit, instance, false, (object, id, props) => new object(chart, id, props));
}

/** The same as manifests in the form in which they are stored (see `InstanceForm`): a construct costs more than what is in it. */
export function instanceManifests(toolkit: Toolkit, instance: ResolvedInstance): readonly KubeObject[] {
  const manifests: KubeObject[] = [];
  takeObjects(toolkit, instance, true, (object, _id, props) => manifests.push(object.manifest(props)));
  return manifests;
}

/** What is rendered for one instance: workload, disruption budget, autoscaler, what its sidecars read. */
function takeObjects(toolkit: Toolkit, instance: ResolvedInstance, asStored: boolean, take: Take): void {
  const { INSTANCE_IDS, PaastaDeployment, PaastaHpa, PaastaPdb, PaastaStatefulSet } = toolkit;
  const workload = instance.kind === 'StatefulSet' ? PaastaStatefulSet : PaastaDeployment;
  take(workload, INSTANCE_IDS.workload, { instance, asStored });
  take(PaastaPdb, INSTANCE_IDS.pdb, { instance });
  const { autoscaler } = instance.scaling;
  if (autoscaler !== null) take(PaastaHpa, INSTANCE_IDS.hpa, { instance, autoscaler, asStored });
  const nerve = instance.mesh?.nerve ?? null;
  if (nerve !== null) {
    take(toolkit.NerveConfigMap, INSTANCE_IDS.nerve, { instance, nerve });
    take(toolkit.HacheckConfigMap, INSTANCE_IDS.hacheck, { instance, nerve });
  }
}
