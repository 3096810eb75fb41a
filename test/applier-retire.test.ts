/** What goes because an instance now stands elsewhere, and what an annotation keeps. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { desiredObject } from '../applier/desired-object.ts';
import type { DesiredSet } from '../applier/desired-set.ts';
import { liveObject } from '../applier/live-object.ts';
import { retirements } from '../applier/retire.ts';
import type { JsonMap } from '../compiler/emit/json-data.ts';

const LABELS = { 'paasta.yelp.com/service': 'web', 'paasta.yelp.com/instance': 'main' };

/** The instance as a Deployment in the namespace `new`. */
function desired(strategy: 'RollingUpdate' | 'Recreate'): DesiredSet {
  const source = { file: 'web.yaml', service: 'web', instance: 'main', isGenerated: true };
  const spec = { replicas: 1, strategy: { type: strategy } };
  const metadata = { name: 'web-main', namespace: 'new', labels: LABELS };
  const one = desiredObject({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }, source, 'set');
  return { cluster: 'prod', setId: 'set', objects: new Map([[one.key, one]]), problems: [], doubts: [] };
}

function live(apiVersion: string, kind: string, annotations: Record<string, string>) {
  const metadata = { name: 'web-main', namespace: 'old', labels: LABELS, annotations, uid: 'u', resourceVersion: '1' };
  return liveObject({ metadata } as JsonMap, apiVersion, kind);
}

const olds = (annotations: Record<string, string>) => [
  live('apps/v1', 'Deployment', annotations),
  live('policy/v1', 'PodDisruptionBudget', annotations),
];

test('the old workload and its budget go, once the new one is up', () => {
  const { items, refusals } = retirements(desired('RollingUpdate'), olds({}));
  assert.equal(
    items.map(({ key, retire }) => [key, retire?.when]),
    [
      ['apps/Deployment old/web-main', 'after'],
      ['policy/PodDisruptionBudget old/web-main', 'after'],
    ],
  );
  assert.equal(refusals, []);
});

test('what an annotation keeps stays, beside the new one', () => {
  const { items, refusals } = retirements(desired('RollingUpdate'), olds({ 'paasta.yelp.com/prune': 'disabled' }));
  assert.equal([items, refusals], [[], []]);
});

test('where both must not run at once, nothing is written while an annotation keeps the old one', () => {
  const { items, refusals } = retirements(desired('Recreate'), olds({ 'helm.sh/resource-policy': 'keep' }));
  assert.equal(items, []);
  assert.equal(
    refusals.map(({ code, message }) => [code, message]),
    [
      [
        'kept',
        'apps/Deployment old/web-main is kept by its annotation helm.sh/resource-policy, and must be gone before apps/Deployment new/web-main starts: take the annotation away',
      ],
    ],
  );
});

test.run();
