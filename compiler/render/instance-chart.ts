import type { Chart } from 'cdk8s';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { Toolkit } from './app.ts';

/** Adds what is rendered for one instance to its chart: workload, disruption budget, autoscaler, what its sidecars read. For `asStored` see `InstanceForm`. */
export function addInstance(toolkit: Toolkit, chart: Chart, instance: ResolvedInstance, asStored = false): void {
  const { INSTANCE_IDS, PaastaDeployment, PaastaHpa, PaastaPdb, PaastaStatefulSet } = toolkit;
  if (instance.kind === 'StatefulSet') new PaastaStatefulSet(chart, INSTANCE_IDS.workload, { instance, asStored });
  else new PaastaDeployment(chart, INSTANCE_IDS.workload, { instance, asStored });
  new PaastaPdb(chart, INSTANCE_IDS.pdb, { instance });
  const { autoscaler } = instance.scaling;
  if (autoscaler !== null) new PaastaHpa(chart, INSTANCE_IDS.hpa, { instance, autoscaler, asStored });
  const nerve = instance.mesh?.nerve ?? null;
  if (nerve !== null) {
    new toolkit.NerveConfigMap(chart, INSTANCE_IDS.nerve, { instance, nerve });
    new toolkit.HacheckConfigMap(chart, INSTANCE_IDS.hacheck, { instance, nerve });
  }
}
