/** Every line of "Risks" in docs/review.md: the change that brings it, and the nearest one that does not. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { risksOf, type Review, type RiskCode } from '../review/review.ts';
import { exampleCompany, type ExampleCompany } from './support/example-company.ts';

const CATALOG = 'soa-configs/catalog/kubernetes-north-prod.yaml';
const KVSTORE = 'soa-configs/kvstore/kubernetes-north-prod.yaml';
const SHOPFRONT = 'soa-configs/shopfront/kubernetes-north-prod.yaml';
const DEPLOYMENTS = 'soa-configs/catalog/deployments.json';

/** `CODE ABOUT` of every risk in north-prod, with the message. */
async function risks(company: ExampleCompany, ...flags: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { out, err } = await company.call('review', '-c', 'north-prod', '-o', 'json', ...flags);
  assert.is.not(out, '', err);
  const found = risksOf(JSON.parse(out) as Review);
  return new Map(found.map(({ code, about, message }) => [`${code} ${about ?? ''}`.trim(), message]));
}

/** A change on top of a base, and the risks that it brings; each must have a text that fits. */
interface Case {
  readonly name: string;
  readonly base?: (company: ExampleCompany) => void;
  readonly change: (company: ExampleCompany) => void;
  readonly flags?: readonly string[];
  readonly expected: Readonly<Record<string, RegExp>>;
}

const more =
  (text: string, file = CATALOG) =>
  (company: ExampleCompany): void => {
    company.edit(file, /^main:\n/m, `main:\n  ${text}\n`);
  };
const memory = (company: ExampleCompany): void => {
  company.edit(CATALOG, 'mem: 4096', 'mem: 8192');
};
const limit = (most: number) => (company: ExampleCompany) => {
  company.edit(CATALOG, 'max_instances: 12', `max_instances: ${most}`);
};
const withoutCanary = (company: ExampleCompany): void => {
  company.edit(SHOPFRONT, /^canary:\n(?: .*\n|\n)+/m, '');
};
/** Adds a deploy group to catalog's deployments.json, with the image that production runs, or another. */
const group =
  (name: string, image?: string) =>
  (company: ExampleCompany): void => {
    const file = join(company.repository.dir, DEPLOYMENTS);
    const { v1, v2 } = JSON.parse(readFileSync(file, 'utf8')) as {
      v1: object;
      v2: { deployments: Record<string, { docker_image: string }> };
    };
    const running = v2.deployments['prod.main']!;
    v2.deployments[name] = { ...running, docker_image: image ?? running.docker_image };
    writeFileSync(file, JSON.stringify({ v1, v2 }));
  };

const CASES: readonly Case[] = [
  {
    name: 'more instances go than the share that is given',
    change: withoutCanary,
    flags: ['--removal-percent', '10'],
    expected: { 'many-removals': /^1 of 7 instances of north-prod are removed \(14 %\)$/ },
  },
  { name: 'fewer instances go than a fifth', change: withoutCanary, expected: {} },
  {
    name: 'a service disappears',
    change: (company) => {
      rmSync(join(company.repository.dir, 'soa-configs/kvstore'), { recursive: true });
    },
    expected: { 'service-removed kvstore': /^the service kvstore disappears from north-prod$/ },
  },
  {
    name: 'a StatefulSet moves to another namespace',
    change: more('namespace: paastasvc-data', KVSTORE),
    expected: { 'stateful-move kvstore.main': /moves to another namespace and its volumes stay behind/ },
  },
  {
    name: 'a StatefulSet becomes a Deployment',
    change: (company) => {
      company.edit(KVSTORE, /persistent_volumes:(?:\n {4,}.*| *\n {2,}- .*)+/, 'extra_volumes: []');
    },
    expected: { 'stateful-move kvstore.main': /becomes a Deployment and its volumes stay behind/ },
  },
  {
    name: 'the claims of a StatefulSet change',
    change: (company) => {
      company.edit(KVSTORE, 'size: 200', 'size: 300');
    },
    expected: { 'stateful-move kvstore.main': /volume claims of a StatefulSet cannot be changed in place/ },
  },
  {
    name: 'a Deployment moves to another namespace',
    change: more('namespace: paastasvc-web'),
    expected: {},
  },
  {
    name: 'an instance is stopped',
    change: (company) => {
      company.edit(DEPLOYMENTS, /("catalog:north-prod.main": \{\s*"desired_state": )"start"/, '$1"stop"');
    },
    expected: { 'stopped catalog.main': /^catalog\.main goes to 0 pods \(up to 12 now\)$/ },
  },
  {
    name: 'a brutal bounce takes many pods',
    base: more('bounce_method: brutal'),
    change: memory,
    expected: { 'brutal-bounce catalog.main': /bounce brutal may take all of up to 12 pods at once/ },
  },
  {
    name: 'a bounce ends all pods first',
    base: more('bounce_method: downthenup'),
    change: memory,
    expected: { 'brutal-bounce catalog.main': /bounce downthenup may take all of up to 12 pods at once/ },
  },
  {
    name: 'a brutal bounce takes four pods',
    base: (company) => {
      more('bounce_method: brutal')(company);
      limit(4)(company);
    },
    change: memory,
    expected: {},
  },
  {
    name: 'a bounce is brutal and no pod is replaced',
    base: more('bounce_method: brutal'),
    change: limit(20),
    expected: {},
  },
  {
    name: 'pods are replaced while no disruption is allowed',
    base: more('bounce_margin_factor: 1'),
    change: memory,
    expected: { 'no-disruption-allowed catalog.main': /while the disruption budget allows none to be away/ },
  },
  {
    name: 'no disruption is allowed and no pod is replaced',
    base: more('bounce_margin_factor: 1'),
    change: limit(20),
    expected: {},
  },
  {
    name: 'an image comes from another repository',
    base: group('prod.main'),
    change: group('prod.main', 'services-mail:paasta-abcdef0123456789abcdef0123456789abcdef01'),
    expected: {
      'foreign-image catalog.main': /comes from registry\.example\.com\/services-mail, which is not services-catalog/,
    },
  },
  {
    name: 'an image comes from the other repository that it came from before',
    base: group('prod.main', 'services-mail:paasta-abcdef0123456789abcdef0123456789abcdef01'),
    change: group('prod.main', 'services-mail:paasta-abcdef0123456789abcdef0123456789abcdef02'),
    expected: {},
  },
  {
    name: 'no step deploys to a group that is new for the instance',
    base: group('prod.other'),
    change: (company) => {
      company.edit(CATALOG, 'deploy_group: prod.main', 'deploy_group: prod.other');
    },
    expected: { 'unknown-deploy-group catalog.main': /no step of the service's deploy\.yaml deploys to prod\.other/ },
  },
  {
    name: 'a group without a step was there before',
    base: (company) => {
      group('prod.other')(company);
      company.edit(CATALOG, 'deploy_group: prod.main', 'deploy_group: prod.other');
    },
    change: memory,
    expected: {},
  },
];

for (const { name, base, change, flags = [], expected } of CASES) {
  test(`${name}: ${Object.keys(expected).join(', ') || 'no risk'}`, async () => {
    const company = exampleCompany('risk');
    base?.(company);
    company.repository.commit('base', { 'note.txt': 'x\n' });
    change(company);
    const found = await risks(company, ...flags);
    assert.equal([...found.keys()], Object.keys(expected));
    for (const [key, text] of Object.entries(expected)) assert.match(found.get(key)!, text);
  });
}

test('every risk that the docs name has a case, and no other', () => {
  const docs = readFileSync(new URL('../docs/review.md', import.meta.url), 'utf8');
  const named = [...docs.matchAll(/^\| `([a-z-]+)` \| [^|]+ \|$/gm)].map(([, code]) => code as RiskCode);
  const cases = new Set(CASES.flatMap(({ expected }) => Object.keys(expected).map((key) => key.split(' ')[0]!)));
  const risky = named.slice(named.indexOf('many-removals'));
  assert.equal([...cases].sort(), [...risky].sort());
});

test.run();
