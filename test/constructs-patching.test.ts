import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { INSTANCE_IDS, PaastaDeployment } from '../constructs/index.ts';
import { instanceWith } from './support/instance.ts';

function patched(change: (workload: ApiObject) => void): KubeObject & { spec: Record<string, unknown> } {
  const chart = new Chart(new App(), 'shop-main');
  new PaastaDeployment(chart, INSTANCE_IDS.workload, { instance: instanceWith() });
  change(ApiObject.of(chart.node.findChild(INSTANCE_IDS.workload)));
  return (chart.toJson() as (KubeObject & { spec: Record<string, unknown> })[])[0]!;
}

test('labels and annotations added to a construct are rendered', () => {
  const { metadata } = patched((workload) => {
    workload.metadata.addLabel('team', 'web');
    workload.metadata.addAnnotation('note', 'x');
  });
  assert.is(metadata.labels!['team'], 'web');
  assert.equal(metadata.annotations, { note: 'x' });
});

test('JSON patches apply to the manifest, and leave the rest as it was', () => {
  const plain = patched(() => undefined);
  const { spec } = patched((workload) => workload.addJsonPatch(JsonPatch.add('/spec/paused', true)));
  assert.equal(spec, { ...plain.spec, paused: true });
});

test('patching one rendering leaves the next one alone', () => {
  patched((workload) => workload.addJsonPatch(JsonPatch.remove('/spec/template/spec')));
  assert.ok('spec' in (patched(() => undefined).spec['template'] as object));
});

test.run();
