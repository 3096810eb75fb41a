/** Runs after which only files of single services changed: nothing else is looked at, and they end as runs without a cache. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readKept, writeKept } from '../cli/kept-file.ts';
import {
  cacheFiles,
  type CacheWorld,
  checked,
  CLUSTERS,
  deployedText,
  inWorld,
  systemText,
} from './support/cache-world.ts';
import { deploymentsJson } from './support/sources.ts';

const [MAIN, WORKER] = ['main: {cpus: 1}\n', 'worker: {instances: 2, registrations: []}\n'];

/** What may happen between two runs, and whether the second one need not look at the rest. */
const CHANGES: readonly (readonly [name: string, isSettled: boolean, change: (world: CacheWorld) => void])[] = [
  ['a value', true, (world) => world.write('soa/cart/kubernetes-prod.yaml', `main: {cpus: 2}\n${WORKER}`)],
  ['nothing', false, () => undefined],
  ['bytes without meaning', true, (world) => world.write('soa/cart/kubernetes-prod.yaml', `# 2\n${MAIN}${WORKER}`)],
  ['an instance less', true, (world) => world.write('soa/cart/kubernetes-prod.yaml', MAIN)],
  ['another namespace', true, (world) => world.write('soa/cart/kubernetes-prod.yaml', 'main: {namespace: own}\n')],
  ['back to one folder', true, (world) => world.write('soa/cart/kubernetes-prod.yaml', MAIN)],
  ['no instance in a cluster', true, (world) => world.remove('soa/cart/kubernetes-prod.yaml')],
  ['instances in it again', true, (world) => world.write('soa/cart/kubernetes-prod.yaml', `${MAIN}${WORKER}`)],
  [
    'a port, which others render',
    true,
    (world) => world.write('soa/shop/smartstack.yaml', 'main: {proxy_port: 20777}\n'),
  ],
  ['an error', true, (world) => world.write('soa/mail/kubernetes-stage.yaml', 'main: {cpus: many}\n')],
  ['the same error', false, () => undefined],
  ['another service, beside the error', false, (world) => world.write('soa/api/kubernetes-prod.yaml', MAIN)],
  ['the error mended', false, (world) => world.write('soa/mail/kubernetes-stage.yaml', `${MAIN}${WORKER}`)],
  [
    'several services',
    true,
    (world) => {
      for (const service of ['api', 'mail']) world.write(`soa/${service}/kubernetes-prod.yaml`, 'main: {mem: 2000}\n');
    },
  ],
  [
    'a version',
    true,
    (world) => world.write('soa/cart/deployments.json', deployedText('cart').replace('services-', 'other-')),
  ],
  ['a team', true, (world) => world.write('soa/cart/monitoring.yaml', 'team: shop\n')],
  [
    'an output file by hand',
    false,
    (world) => {
      const [path] = Object.keys(world.tree()).filter((name) => name.includes('cart-main') && name.endsWith('.yaml'));
      writeFileSync(join(world.out, path!), `${readFileSync(join(world.out, path!), 'utf8')}# by hand\n`);
    },
  ],
  ['a list by hand', false, (world) => world.write('dist/clusters/prod/paasta/kustomization.yaml', 'resources: []\n')],
  [
    'a value beside that list',
    false,
    (world) => world.write('soa/cart/kubernetes-stage.yaml', `main: {cpus: 3}\n${WORKER}`),
  ],
  ['no list by hand', false, (world) => world.remove('dist/clusters/prod/paasta/kustomization.yaml')],
  [
    'a file in the output, and a value',
    false,
    (world) => {
      world.write('dist/clusters/stage/paastasvc-cart/own.yaml', 'kind: ConfigMap\n');
      world.write('soa/cart/kubernetes-stage.yaml', `main: {cpus: 4}\n${WORKER}`);
    },
  ],
  [
    'a service more',
    false,
    (world) => {
      world.write('soa/desk/kubernetes-prod.yaml', MAIN);
      world.write('soa/desk/deployments.json', deployedText('desk'));
    },
  ],
  ['an instance of it', true, (world) => world.write('soa/desk/kubernetes-stage.yaml', WORKER)],
  ['a service less', false, (world) => world.remove('soa/desk')],
  [
    'a link in a service',
    true,
    (world) => {
      world.remove('soa/api/monitoring.yaml');
      symlinkSync('../cart/monitoring.yaml', world.at('soa/api/monitoring.yaml'));
    },
  ],
  ['what the link leads to', false, (world) => world.write('soa/cart/monitoring.yaml', 'team: desk\n')],
  [
    'no link',
    false,
    (world) => {
      world.remove('soa/api/monitoring.yaml');
      world.write('soa/api/monitoring.yaml', 'team: ops\n');
    },
  ],
  [
    'the system configuration',
    false,
    (world) => world.write('etc/prod/system.json', systemText('prod', 'other.example.com')),
  ],
  ['a value after it', true, (world) => world.write('soa/cart/kubernetes-prod.yaml', `main: {cpus: 6}\n${WORKER}`)],
];

test('one change after another, each run ends as one without cache', async () => {
  await inWorld(async (world) => {
    await checked(world);
    for (const [name, isSettled, change] of CHANGES) {
      change(world);
      const run = await checked(world).catch((error: unknown) => {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      });
      assert.is(run.isSettled, isSettled, name);
      await checked(world);
    }
  });
});

test('a file at the top of the tree changes what services share, though no service is otherwise', async () => {
  const ordered = (...types: readonly string[]): string => `${JSON.stringify(types)}\n`;
  const system = (cluster: string): string => {
    const { smartstack, ...settings } = JSON.parse(systemText(cluster, 'r.example.com')) as { smartstack: object };
    return JSON.stringify({ ...settings, smartstack: { ...smartstack, location_types: undefined } });
  };
  const files = {
    ...Object.fromEntries(CLUSTERS.map((cluster) => [`etc/${cluster}/system.json`, system(cluster)])),
    'soa/location_types.json': ordered('superregion', 'region'),
    'soa/cart/smartstack.yaml': 'main: {proxy_port: 20001, advertise: [superregion, region]}\n',
  };
  await inWorld(async (world) => {
    await checked(world);
    world.write('soa/location_types.json', ordered('region', 'superregion'));
    const run = await checked(world);
    assert.ok(run.isSettled);
    assert.not.match(run.stdout, 'nothing changed');
  }, files);
});

test('a cache that is lost meanwhile changes nothing', async () => {
  await inWorld(async (world) => {
    await checked(world);
    for (const name of Object.keys(cacheFiles(world))) if (name.endsWith('.cache')) world.remove(`cache/${name}`);
    world.write('soa/cart/kubernetes-prod.yaml', 'main: {cpus: 2}\n');
    const run = await checked(world);
    assert.ok(run.isSettled);
    assert.ok(run.rendered.includes('prod/api.main'), 'all is made again');
  });
});

test('a file that two services render is that of the first, and of the other once the first has it no more', async () => {
  const own = 'main: {cpus: 1, namespace: own, registrations: []}\n';
  const jobs = ['prod.main', 'prod.worker', 'prod.x-main', 'stage.main', 'stage.worker'];
  const files = {
    'soa/cart-x/kubernetes-prod.yaml': own,
    'soa/cart-x/deployments.json': deployedText('cart-x'),
    'soa/cart/deployments.json': deploymentsJson('cart', jobs),
  };
  await inWorld(async (world) => {
    await checked(world);
    world.write('soa/cart/kubernetes-prod.yaml', `${MAIN}x-${own}`);
    for (const expected of [1, 1]) assert.is((await checked(world)).status, expected);
    world.write('soa/cart/kubernetes-prod.yaml', MAIN);
    for (const expected of [0, 0]) assert.is((await checked(world)).status, expected);
  }, files);
});

test('results that could not be kept, or that another run kept, are not taken for those of the last run', async () => {
  await inWorld(async (world) => {
    await checked(world);
    const before = cacheFiles(world);
    world.write('soa/cart/kubernetes-prod.yaml', MAIN);
    world.write('soa/cart/smartstack.yaml', 'main: {proxy_port: 20888}\n');
    await checked(world);
    for (const name of Object.keys(cacheFiles(world))) {
      if (name.endsWith('.later')) world.remove(`cache/${name}`);
      else if (name.endsWith('.cache')) world.write(`cache/${name}`, before[name]!);
    }
    world.write('soa/mail/smartstack.yaml', 'main: {proxy_port: 20999}\n');
    assert.ok((await checked(world)).isSettled);
  });
});

test('a run whose results cannot be kept leaves none behind that mislead the next', async () => {
  await inWorld(async (world) => {
    await checked(world);
    const [name] = Object.keys(cacheFiles(world)).filter((each) => each.endsWith('.cache'));
    const later = name!.replace(/cache$/, 'later');
    world.write(`cache/${later}/in-the-way`, '');
    world.write('soa/cart/monitoring.yaml', 'team: ops\nrunbuk: y/rb\n');
    await world.undisturbed();
    assert.match((await world.synth()).stderr, 'the cache is not kept');
    world.remove(`cache/${later}`);
    world.write('soa/mail/monitoring.yaml', 'team: shop\n');
    await checked(world);
  });
});

test('a value that changes no finding needs nothing of what was made of other services', async () => {
  for (const args of [[], ['-o', 'json']]) {
    await inWorld(async (world) => {
      await checked(world, ...args);
      world.write('soa/cart/kubernetes-prod.yaml', `main: {cpus: 2}\n${WORKER}`);
      const { result } = await world.undisturbed(...args);
      spoilResults(world, ['api', 'mail', 'shop']);
      const run = await world.synth(...args);
      assert.ok(run.isSettled);
      assert.equal([run.status, run.stdout, run.stderr], [result.status, result.stdout, result.stderr]);
      assert.not.match(run.stdout, 'nothing changed');
      const again = await world.synth(...args);
      assert.ok(again.isRecalled);
      assert.is(again.stdout, (await world.undisturbed(...args)).result.stdout);
    });
  }
});

test('what the guard refuses and what cannot be written is told beside the findings of the last run', async () => {
  await inWorld(async (world) => {
    const less = ['api', 'cart', 'mail'];
    for (const service of less) world.write(`soa/${service}/kubernetes-prod.yaml`, '{}\n');
    const refused = await checked(world);
    assert.equal([refused.isSettled, refused.status], [true, 4], refused.stdout);
    assert.is((await checked(world)).status, 4);
    for (const service of less) world.write(`soa/${service}/kubernetes-prod.yaml`, `${MAIN}${WORKER}`);
    assert.is((await checked(world)).status, 0);
    const blocked = 'dist/clusters/prod/paastasvc-cart/cart-extra.yaml';
    mkdirSync(world.at(blocked));
    assert.is((await checked(world)).status, 0);
    world.write('soa/cart/kubernetes-prod.yaml', `${MAIN}${WORKER}extra: {deploy_group: prod.main}\n`);
    const failed = await checked(world);
    assert.equal([failed.isSettled, failed.status], [true, 1], failed.stdout);
    assert.is((await checked(world)).status, 1);
    world.remove(blocked);
    assert.is((await checked(world)).status, 0);
  });
});

test('findings that come, go and show other lines are told, whatever the earlier run told', async () => {
  const monitoring = (line: string): string => `team: ops\n${line}`;
  const changes: readonly (readonly [path: string, text: string])[] = [
    ['soa/cart/monitoring.yaml', monitoring('runbuk: y/rb\n')],
    ['soa/cart/monitoring.yaml', monitoring('runbuk: y/rb # the same finding\n')],
    ['soa/cart/monitoring.yaml', monitoring('# moved\nrunbuk: y/rb\n')],
    ['soa/mail/kubernetes-prod.yaml', `main: {cpus: 2}\n${WORKER}`],
    ['soa/cart/monitoring.yaml', monitoring('')],
    ['soa/authenticating.yaml', 'services: []\nservices: []\n'],
    ['soa/authenticating.yaml', 'services: [] # none\n'],
  ];
  for (const args of [[], ['-v'], ['-o', 'json']]) {
    await inWorld(async (world) => {
      await checked(world, ...args);
      for (const [path, text] of changes) {
        world.write(path, text);
        assert.ok((await checked(world, ...args)).isSettled, path);
        await checked(world, ...args);
      }
    });
  }
});

test('what changes elsewhere through a service is told, though nothing else is told of the service itself', async () => {
  const jobs = CLUSTERS.flatMap((cluster) => [`${cluster}.main`, `${cluster}.worker`]);
  const started = { 'cart:prod.main': { desired_state: 'start', force_bounce: null } };
  const changes: readonly (readonly [path: string, text: string, status: number])[] = [
    ['soa/cart/deployments.json', deploymentsJson('cart', jobs, started), 0],
    ['soa/shop/smartstack.yaml', 'main: {proxy_port: 20001}\n', 1],
    ['soa/shop/smartstack.yaml', 'main: {proxy_port: 20003}\n', 0],
  ];
  for (const args of [[], ['-o', 'json']]) {
    await inWorld(async (world) => {
      await checked(world, ...args);
      for (const [path, text, status] of changes) {
        const before = readFileSync(world.at(path), 'utf8');
        assert.is.not(before, text);
        world.write(path, text);
        assert.is((await checked(world, ...args)).status, status, path);
        await checked(world, ...args);
      }
    });
  }
});

test('that an instance moves at once is told as long as its earlier files stay', async () => {
  const delivery = 'soa_dir: soa\nsystem_config_dir: etc\nclusters: {prod: {delivery: argocd}}\n';
  const files = { 'paasta-gitops.yaml': delivery, 'soa/cart/kubernetes-prod.yaml': 'main: {namespace: own}\n' };
  await inWorld(async (world) => {
    // A cluster that is misspelt keeps all files.
    const scope = ['-c', 'prod', '-c', 'nope'];
    await checked(world, ...scope);
    await checked(world, ...scope);
    const changes: readonly (readonly [path: string, text: string])[] = [
      ['soa/cart/kubernetes-prod.yaml', 'main: {}\n'],
      ['soa/cart/monitoring.yaml', 'team: ops # ours\n'],
      ['soa/mail/monitoring.yaml', 'team: ops # ours\n'],
    ];
    for (const [path, text] of changes) {
      world.write(path, text);
      for (const run of [await checked(world, ...scope), await checked(world, ...scope)]) {
        assert.match(run.stdout, 'namespace move in one commit');
      }
    }
  }, files);
});

/** Makes unreadable what an earlier run made of these services, but not on which files it rests. */
function spoilResults(world: CacheWorld, services: readonly string[]): void {
  const filesOf = (end: string): readonly string[] => {
    const names = Object.keys(cacheFiles(world)).filter((name) => name.endsWith(end));
    return names.map((name) => world.at(`cache/${name}`));
  };
  const [results] = filesOf('.cache');
  const { content, digest } = readKept(results!)!;
  const lines = content.toString().split('\n');
  for (const service of services) {
    const at = lines.findIndex((line) => line.startsWith(`["${service}",`));
    lines.splice(at + 1, 2, 'spoilt', 'spoilt');
  }
  const other = writeKept(results!, [Buffer.from(lines.join('\n'))]);
  for (const sealed of filesOf('.sealed')) {
    const text = readKept(sealed)!.content.toString('latin1');
    writeKept(sealed, [Buffer.from(text.replace(digest, other), 'latin1')]);
  }
}

test.run();
