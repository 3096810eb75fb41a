import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { CONFIG_SHA_LABELS } from '../constructs/_labels.ts';
import { autoscaledBy, type InstanceOverrides, instanceWith } from './support/instance.ts';
import { render } from './support/manifests.ts';

async function workloadOf(instance: ResolvedInstance): Promise<KubeObject> {
  const { rendered } = await render([instance]);
  return rendered[0]!.objects.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')!;
}

async function shaOf(overrides: InstanceOverrides): Promise<string> {
  return (await workloadOf(instanceWith(overrides))).metadata.labels![CONFIG_SHA_LABELS[0]]!;
}

async function sameSha(...variants: readonly InstanceOverrides[]): Promise<boolean> {
  return new Set(await Promise.all(variants.map(shaOf))).size === 1;
}

test('the sha stands on the workload and on its pods, under both names', async () => {
  const workload = await workloadOf(instanceWith());
  const { template } = workload['spec'] as { template: { metadata: { labels: Record<string, string> } } };
  const shas = CONFIG_SHA_LABELS.flatMap((label) => [
    workload.metadata.labels![label],
    template.metadata.labels[label],
  ]);
  assert.is(shas.length, 4);
  assert.is(new Set(shas).size, 1);
  assert.match(shas[0]!, /^config[0-9a-f]{8}$/);
});

test('what an instance runs restarts its pods', async () => {
  const env = [{ name: 'LOG_LEVEL', value: 'debug' }];
  const changes: InstanceOverrides[] = [
    {},
    { version: { image: 'registry.example.com:443/services-shop:paasta-other' } },
    { pod: { main: { env } } },
    { pod: { main: { ports: [80] } } },
    { strategy: { type: 'Recreate' } },
    { labels: { ...instanceWith().labels, owner: 'somebody' } },
  ];
  assert.is(new Set(await Promise.all(changes.map(shaOf))).size, changes.length);
});

test('the number of replicas does not restart pods, being autoscaled or not does', async () => {
  assert.ok(await sameSha({ scaling: { replicas: 1 } }, { scaling: { replicas: 9 } }, { scaling: { replicas: 0 } }));
  const scaling = autoscaledBy({});
  const wider = { ...scaling, autoscaler: { ...scaling.autoscaler!, maxReplicas: 99 } };
  assert.ok(await sameSha({ scaling }, { scaling: wider }));
  assert.not.ok(await sameSha({}, { scaling }));
});

test('another namespace alone does not restart pods', async () => {
  assert.ok(await sameSha({}, { namespace: 'elsewhere' }));
});

test('disruption settings do not restart pods', async () => {
  assert.ok(await sameSha({}, { disruption: { maxUnavailable: '50%', unhealthyPodEvictionPolicy: 'AlwaysAllow' } }));
});

test('a restart that was asked for restarts pods, an empty one does not', async () => {
  assert.not.ok(await sameSha({}, { forceBounce: '20260220T080000' }));
  assert.not.ok(await sameSha({ forceBounce: '20260220T080000' }, { forceBounce: '20260221T080000' }));
  assert.ok(await sameSha({}, { forceBounce: '' }));
});

test('a rotated secret restarts pods, its appearing too', async () => {
  const signed = (signature: string | null): InstanceOverrides => ({ secretSignatures: { 'SECRET(db)': signature } });
  assert.not.ok(await sameSha(signed('a'), signed('b')));
  assert.not.ok(await sameSha(signed(null), signed('a')));
  assert.ok(await sameSha(signed('a'), signed('a')));
});

test('the sha of a manifest stays what it was released with', async () => {
  assert.is(await shaOf({}), 'configb8aabf1a');
});

test.run();
