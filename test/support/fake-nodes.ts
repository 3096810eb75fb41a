interface FakeNode {
  readonly apiVersion: 'v1';
  readonly kind: 'Node';
  readonly metadata: { readonly name: string; readonly labels: Record<string, string>; readonly annotations: object };
  readonly status: object;
}

const CAPACITY = { cpu: '32', memory: '256Gi', 'ephemeral-storage': '500Gi', pods: '1000' };
const POOLS = ['default', 'default', 'batch'] as const;

/** Nodes for kwok: spread over three zones, two pools, with the labels PaaSTA's selectors look at. */
export function fakeNodes(count: number, labels: Readonly<Record<string, string>>): FakeNode[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `node-${String(index).padStart(3, '0')}`;
    const zone = `test-1${'abc'.charAt(index % 3)}`;
    const pool = POOLS[index % 3]!;
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'topology.kubernetes.io/region': 'test-1',
          'topology.kubernetes.io/zone': zone,
          'node.kubernetes.io/instance-type': 'fake.large',
          pool,
          'yelp.com/pool': pool,
          'yelp.com/habitat': zone.replace('-', ''),
          'yelp.com/superregion': 'test-1',
          ...labels,
        },
      },
      status: { allocatable: CAPACITY, capacity: CAPACITY },
    };
  });
}
