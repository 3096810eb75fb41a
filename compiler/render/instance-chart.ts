import type { Chart } from 'cdk8s';
import type { ResolvedInstance } from '../model/resolved-instance.ts';
import type { Toolkit } from './app.ts';

/** Adds what is rendered for one instance to its chart: workload, disruption budget, autoscaler, what its sidecars read. */
export function addInstance(toolkit: Toolkit, chart: Chart, instance: ResolvedInstance): void {
  const { INSTANCE_IDS, PaastaDeployment, PaastaHpa, PaastaPdb, PaastaStatefulSet } = toolkit;
  if (instance.kind === 'StatefulSet') new PaastaStatefulSet(chart, INSTANCE_IDS.workload, { instance });
  else new PaastaDeployment(chart, INSTANCE_IDS.workload, { instance });
  new PaastaPdb(chart, INSTANCE_IDS.pdb, { instance });
  const { autoscaler } = instance.scaling;
  if (autoscaler !== null) new PaastaHpa(chart, INSTANCE_IDS.hpa, { instance, autoscaler });
  const nerve = instance.mesh?.nerve ?? null;
  if (nerve !== null) {
    new toolkit.NerveConfigMap(chart, INSTANCE_IDS.nerve, { instance, nerve });
    new toolkit.HacheckConfigMap(chart, INSTANCE_IDS.hacheck, { instance, nerve });
  }
}
