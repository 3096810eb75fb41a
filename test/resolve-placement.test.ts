import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NodeExpression } from '../compiler/model/resolved-instance.ts';
import { instanceWith } from './support/instance.ts';
import { type Case, findingsOfMain, resolveMain } from './support/sources.ts';

function placement(keys: string, options: Case = {}) {
  return resolveMain(keys, options).pod.placement;
}
/** Expressions as `key operator values`. */
function text(expressions: readonly NodeExpression[]): readonly string[] {
  return expressions.map(({ key, operator, values }) => `${key} ${operator} ${values.join(',')}`);
}
function required(keys: string, system: Record<string, unknown> = {}): readonly string[] {
  return text(placement(keys, { system }).required);
}

test('a plain instance goes to the nodes of its pool, as the one of other tests', () => {
  assert.equal(placement(''), instanceWith().pod.placement);
  assert.equal(placement('').nodeSelector, { 'yelp.com/pool': 'default' });
});

test('the system may rename the pool’s label, or leave it out', () => {
  const selector = (labels: Record<string, unknown>, keys = '') => placement(keys, { system: { labels } }).nodeSelector;
  assert.equal(selector({ pool_selector_key: 'example.com/pool' }, 'pool: web'), { 'example.com/pool': 'web' });
  assert.equal(selector({ pool_selector_key: null }, 'pool: web'), {});
  assert.equal(selector({ omit_default_pool_selector: true }), {});
  assert.equal(selector({ omit_default_pool_selector: true }, 'pool: web'), { 'yelp.com/pool': 'web' });
});

test('string selectors become labels under their full names; the pool always wins', () => {
  const keys = 'node_selectors: {instance_type: m5, region: r, disktype: ssd, pool: p, yelp.com/pool: no}\npool: web';
  assert.equal(placement(keys).nodeSelector, {
    'node.kubernetes.io/instance-type': 'm5',
    'yelp.com/region': 'r',
    disktype: 'ssd',
    pool: 'p',
    'yelp.com/pool': 'web',
  });
});

for (const name of ['datacenter', 'ecosystem', 'habitat', 'hostname', 'region', 'superregion']) {
  test(`${name} stands for yelp.com/${name}`, () => {
    assert.equal(required(`node_selectors: {${name}: [a]}`), [`yelp.com/${name} In a`]);
  });
}

test('list selectors are expressions of one term', () => {
  const keys = [
    'node_selectors:',
    '  instance-type: [m5, m6]',
    '  a: [{operator: In, values: [x]}, {operator: NotIn, values: [y, z]}]',
    '  b: [{operator: Exists}, {operator: DoesNotExist}]',
    '  c: [{operator: Gt, value: 5}, {operator: Lt, value: 9}]',
    '  d: []',
  ].join('\n');
  assert.equal(required(keys), [
    'node.kubernetes.io/instance-type In m5,m6',
    'a In x',
    'a NotIn y,z',
    'b Exists ',
    'b DoesNotExist ',
    'c Gt 5',
    'c Lt 9',
  ]);
});

test('whitelist, blacklist and selectors follow each other', () => {
  const keys =
    'node_selectors: {a: [b]}\ndeploy_blacklist: [[region, x], [zone, y]]\ndeploy_whitelist: [habitat, [h, i]]';
  assert.equal(required(keys), ['yelp.com/habitat In h,i', 'yelp.com/region NotIn x', 'zone NotIn y', 'a In b']);
  assert.equal(required('deploy_whitelist: null\ndeploy_blacklist: []'), []);
});

test('an empty whitelist, on which PaaSTA fails, allows every place, and the report says so', () => {
  assert.equal(required('deploy_whitelist: []'), []);
  assert.match(findingsOfMain('deploy_whitelist: []')[0]!, /^info .*:2:21 differs-from-paasta/);
});

const POOLS = { pool_node_affinities: { web: { habitat: ['h'] }, default: { zone: [{ operator: 'Exists' }] } } };

test('the system’s affinities of the pool come last, unless a selector names a zone', () => {
  assert.equal(required('', POOLS), ['zone Exists ']);
  assert.equal(required('pool: web\nnode_selectors: {a: [b]}', POOLS), ['a In b', 'yelp.com/habitat In h']);
  assert.equal(required('pool: other', POOLS), []);
  for (const zone of [
    'topology.kubernetes.io/zone',
    'yelp.com/habitat',
    'yelp.com/eni_config',
    'karpenter.sh/nodepool',
  ]) {
    assert.equal(required(`pool: web\nnode_selectors: {${zone}: x}`, POOLS), []);
  }
  assert.equal(required('pool: web\nnode_selectors: {habitat: x}', POOLS), ['yelp.com/habitat In h']);
});

test('preferred selectors have weights; their strings have no effect', () => {
  const keys = 'node_selectors_preferred: [{weight: 7, preferences: {region: [a], b: c}}]';
  const [preferred, ...others] = placement(keys).preferred;
  assert.equal([preferred!.weight, text(preferred!.expressions), others], [7, ['yelp.com/region In a'], []]);
  assert.match(findingsOfMain(keys)[0]!, 'warning');
});

test('other scalars in node_selectors have no effect, and a warning says so', () => {
  assert.equal(placement('node_selectors: {a: 5, b: true}').nodeSelector, { 'yelp.com/pool': 'default' });
  assert.equal(
    findingsOfMain('node_selectors: {a: 5}').map((each) => each.split(': ')[0]),
    ['warning shop/kubernetes-norcal-prod.yaml:2:23 ignored-node-selector'],
  );
});

for (const [keys, expected] of [
  ['node_selectors: {a: [{operator: In, values: []}]}', 'has no values, and In needs one'],
  ['node_selectors: {a: [{operator: In}]}', 'values is not set'],
  ['node_selectors: {a: [{operator: in, values: [x]}]}', 'expected one of In, NotIn, Exists, DoesNotExist, Gt, Lt'],
  ['node_selectors: {a: [{values: [x]}]}', 'operator is not set'],
  ['node_selectors: {a: [{operator: Gt, value: high}]}', 'expected a whole number'],
  ['node_selectors: {a: [x, 5]}', 'a[1] is 5, expected a string'],
  ['node_selectors: {a: [5]}', 'a[0] is 5, expected a map'],
  ['node_selectors: {a: [{operator: Lt, value: -1}]}', '"-1" is no legal value of a node label'],
  ['node_selectors: {a: b c}', '"b c" is no legal value of a node label'],
  ['node_selectors: {a b: [c]}', '"a b" is no legal name of a node label'],
  ['node_selectors: [a]', 'node_selectors is a list, expected a map'],
  ['deploy_whitelist: [region]', 'deploy_whitelist has 1 items, expected 2'],
  ['deploy_whitelist: [region, a]', 'expected a list of strings'],
  ['deploy_whitelist: [region, []]', 'has no values, and In needs one'],
  ['deploy_blacklist: [[region]]', 'deploy_blacklist[0] has 1 items, expected 2'],
  ['deploy_blacklist: [region]', 'deploy_blacklist[0] is "region", expected a list'],
  ['deploy_blacklist: null', 'deploy_blacklist is null, expected a list'],
  ['node_selectors_preferred: [{preferences: {a: [b]}}]', 'weight is not set'],
  ['node_selectors_preferred: [{weight: 101, preferences: {a: [b]}}]', 'expected a whole number from 1 to 100'],
  ['anti_affinity: {service: a b}', 'which no pod’s label can be'.replace('’', "'")],
  ['anti_affinity: web', 'anti_affinity is "web", expected a map'],
  ['anti_affinity_preferred: [{service: a}]', 'weight is not set'],
  ['topology_spread_constraints: [{max_skew: 1}]', 'topology_key is not set'],
  ['topology_spread_constraints: [{topology_key: z, max_skew: 0}]', 'expected a whole number, at least 1'],
  ['topology_spread_constraints: [{topology_key: z, when_unsatisfiable: Never}]', 'ScheduleAnyway, DoNotSchedule'],
  ['topology_spread_constraints: [{topology_key: z}, {topology_key: z, max_skew: 2}]', 'only one is allowed'],
  ['topology_spread_constraints: [{topology_key: a b}]', '"a b" is no legal label name'],
] as const) {
  test(`${keys} is an error`, () => {
    const found = findingsOfMain(keys);
    const errors = found.filter((each) => each.startsWith('error shop/kubernetes-norcal-prod.yaml:2:'));
    assert.ok(
      errors.some((each) => each.includes(expected)),
      found.join('\n'),
    );
  });
}

test('anti_affinity is a map or a list of maps; an entry without keys has no effect', () => {
  const antiAffinity = (value: string) => placement(`anti_affinity: ${value}`).antiAffinity;
  assert.equal(antiAffinity('{service: a, instance: b}'), [{ service: 'a', instance: 'b' }]);
  assert.equal(antiAffinity('[{service: a}, {}, {instance: b}]'), [
    { service: 'a', instance: null },
    { service: null, instance: 'b' },
  ]);
  assert.equal(antiAffinity('[{}]'), []);
  assert.equal([antiAffinity('{}'), antiAffinity('[]'), antiAffinity('null')], [null, null, null]);
});

test('anti_affinity_preferred is rendered as meant, and the report says that PaaSTA fails', () => {
  const keys = 'anti_affinity_preferred: [{service: a, weight: 5}]';
  assert.equal(placement(keys).antiAffinityPreferred, [{ service: 'a', instance: null, weight: 5 }]);
  assert.match(findingsOfMain(keys)[0]!, /^info .* differs-from-paasta/);
});

const SPREAD = { topology_spread_constraints: [{ topology_key: 'zone' }] };

test('spread constraints of the instance replace the system’s whole; an empty list disables them', () => {
  const spread = (keys: string) => placement(keys, { system: SPREAD }).topologySpread;
  const defaults = { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: null };
  assert.equal(spread(''), [{ topologyKey: 'zone', ...defaults }]);
  assert.equal(spread('topology_spread_constraints: []'), []);
  assert.equal(spread('topology_spread_constraints: null'), []);
  const own =
    '[{topology_key: host, max_skew: 2, when_unsatisfiable: DoNotSchedule, match_label_keys: [pod-template-hash]}]';
  assert.equal(spread(`topology_spread_constraints: ${own}`), [
    { topologyKey: 'host', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['pod-template-hash'] },
  ]);
});

test('constraints in pod_defaults stay there and are not among the computed ones', () => {
  const podDefaults = { topology_spread_constraints: [{ topologyKey: 'x', maxSkew: 1 }] };
  const { pod } = resolveMain('', { system: { ...SPREAD, pod_defaults: podDefaults } });
  assert.equal(pod.placement.topologySpread.length, 1);
  assert.equal(pod.defaults['topologySpreadConstraints'], podDefaults.topology_spread_constraints);
});

test.run();
