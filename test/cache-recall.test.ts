/** What a run with a cache renders again, dependency by dependency, and that it ends as a run without one. */
import { readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constructsDigest } from '../cli/constructs-digest.ts';
import {
  cacheFiles,
  cacheWorld,
  checked,
  type CacheWorld,
  CLUSTERS,
  deployedText,
  inWorld,
  SERVICES,
  systemText,
} from './support/cache-world.ts';

const ALL = CLUSTERS.flatMap((cluster) =>
  SERVICES.flatMap((service) => [`${cluster}/${service}.main`, `${cluster}/${service}.worker`]),
).sort();
const of = (service: string): readonly string[] => ALL.filter((name) => name.includes(`/${service}.`));

test('a run without changes renders nothing, and says what a run without cache says', async () => {
  await inWorld(async (world) => {
    for (const flags of [[], ['-o', 'json'], ['-v']]) {
      for (let run = 0; run < 3; run++) {
        const { rendered, isRecalled } = await checked(world, ...flags);
        assert.equal(rendered, flags[0] === '-v' && run === 0 ? ALL : []);
        assert.is(isRecalled, run > 0 || flags.length === 0);
      }
    }
  });
});

test('a service is rendered again when a file of it changes, in whatever way', async () => {
  const changes: Record<string, (world: CacheWorld) => void> = {
    'an instance file': (world) => world.write('soa/cart/kubernetes-prod.yaml', 'main: {cpus: 2}\nworker: {}\n'),
    'deployments.json': (world) =>
      world.write('soa/cart/deployments.json', deployedText('cart').replace('services-', 'other-')),
    'a file that was not there': (world) => world.write('soa/cart/dependencies.yaml', 'main: []\n'),
    'a file that means nothing': (world) => world.write('soa/cart/notes.txt', 'hello\n'),
    'a file that is gone': (world) => world.remove('soa/cart/monitoring.yaml'),
    'a file in a listed folder': (world) => world.write('soa/cart/secrets/key.json', '{"environments": {}}'),
    'a file of the same length': (world) =>
      world.write('soa/cart/kubernetes-prod.yaml', 'main: {cpus: 3}\nworker: {instances: 2, registrations: []}\n'),
    'a file that became a link': (world) => {
      world.remove('soa/cart/kubernetes-stage.yaml');
      world.write('soa/_other.yaml', 'main: {cpus: 5}\n');
      symlinkSync('../_other.yaml', world.at('soa/cart/kubernetes-stage.yaml'));
    },
  };
  await inWorld(async (world) => {
    for (const [name, change] of Object.entries(changes)) {
      change(world);
      const { rendered } = await checked(world);
      const isCart = rendered.length > 0 && rendered.every((each) => of('cart').includes(each));
      assert.ok(isCart, `${name}: ${rendered.join()}`);
      assert.equal((await checked(world)).rendered, [], name);
    }
  });
});

test('times decide nothing: equal bytes are equal, and a change whose time was set back is seen', async () => {
  await inWorld(async (world) => {
    const file = world.at('soa/cart/kubernetes-prod.yaml');
    const long = new Date('2020-01-01T00:00:00Z');
    utimesSync(file, long, long);
    assert.equal((await checked(world)).rendered, []);
    world.write('soa/cart/kubernetes-prod.yaml', readFileSync(file, 'utf8').replace('cpus: 1', 'cpus: 7'));
    utimesSync(file, long, long);
    assert.equal((await checked(world)).rendered, of('cart'));
  });
});

test('what another service is looked up for makes it a dependency, absent or not', async () => {
  await inWorld(async (world) => {
    world.write(
      'soa/cart/kubernetes-prod.yaml',
      'main: {registrations: [mail.main]}\nworker: {registrations: [nobody.main]}\n',
    );
    await checked(world);
    world.write('soa/mail/smartstack.yaml', 'main:\n  proxy_port: 20002\n  mode: tcp\n');
    assert.equal((await checked(world)).rendered, [...of('cart'), ...of('mail')].sort());
    world.write('soa/nobody/smartstack.yaml', 'main:\n  proxy_port: 20009\n');
    assert.equal((await checked(world)).rendered, of('cart'));
  });
});

test('a link is followed to where it leads today', async () => {
  await inWorld(async (world) => {
    world.write('soa/_shared_files/kubernetes.yaml', 'main: {cpus: 1}\n');
    world.remove('soa/cart/kubernetes-stage.yaml');
    symlinkSync('../_shared_files/kubernetes.yaml', world.at('soa/cart/kubernetes-stage.yaml'));
    await checked(world);
    assert.equal((await checked(world)).rendered, []);
    world.write('soa/_shared_files/kubernetes.yaml', 'main: {cpus: 4}\n');
    assert.equal((await checked(world)).rendered, ['prod/cart.main', 'prod/cart.worker', 'stage/cart.main']);
    // A folder that is a link, to something else than before.
    world.write('soa/_one/main.json', '{"environments": {}}');
    world.write('soa/_two/other.json', '{"environments": {}}');
    symlinkSync('../_one', world.at('soa/mail/secrets'));
    await checked(world);
    world.remove('soa/mail/secrets');
    symlinkSync('../_two', world.at('soa/mail/secrets'));
    assert.equal((await checked(world)).rendered, of('mail'));
    // A service that is a link to nothing is held back, with its output, until there is something again.
    world.remove('soa/mail');
    symlinkSync('_mail', world.at('soa/mail'));
    assert.equal((await checked(world)).rendered, []);
    world.write('soa/_mail/kubernetes-prod.yaml', 'main: {cpus: 2}\n');
    world.write('soa/_mail/deployments.json', deployedText('mail'));
    assert.equal((await checked(world)).rendered, ['prod/mail.main']);
  });
});

test('what all services share makes all anew: system configuration, flags, settings, construct modules', async () => {
  await inWorld(async (world) => {
    world.write('etc/prod/system.json', systemText('prod', 's.example.com'));
    assert.equal((await checked(world)).rendered, ALL);
    world.write('etc/prod/more.json', '{"volumes": []}');
    assert.is((await checked(world)).status, 1, 'volumes twice');
    world.remove('etc/prod/more.json');
    assert.equal((await checked(world, '-v')).rendered, ALL);
    world.write('soa/authenticating.yaml', 'services: [cart]\n');
    assert.equal((await checked(world)).rendered, ALL);
    world.write(
      'paasta-gitops.yaml',
      'soa_dir: soa\nsystem_config_dir: etc\nconstructs: constructs.mjs\nfile_per: object\n',
    );
    assert.equal((await checked(world)).rendered, ALL);
    world.write('constructs.mjs', `${readFileSync(world.at('constructs.mjs'), 'utf8')}// changed\n`);
    assert.equal((await checked(world)).rendered, ALL);
    assert.equal((await checked(world)).rendered, []);
  });
});

test('a module that a construct module imports is part of it, and so is the lockfile', async () => {
  const project = 'soa_dir: soa\nsystem_config_dir: etc\nconstructs: lib/main.mjs\n';
  const digestOf = (world: CacheWorld): string | null =>
    constructsDigest({ root: world.folder, constructs: [world.at('lib/main.mjs')] });
  const world = cacheWorld({
    'paasta-gitops.yaml': project,
    'lib/main.mjs': "import { a } from './a.mjs';\nexport default () => a;\n",
    'lib/a.mjs': "export { a } from '../data/b';\n",
    'data/b.json': '{}',
  });
  const digests = [digestOf(world)];
  for (const [path, text] of Object.entries({
    'data/b.json': '{"a": 1}',
    'lib/a.mjs': "export * from '../data/b';\n",
    'data/b.js': 'export const a = 1;\n',
    'package-lock.json': '{}',
  })) {
    world.write(path, text);
    digests.push(digestOf(world));
  }
  assert.is(new Set(digests).size, 5);
  assert.ok(digests.every((each) => each !== null));
  world.write('lib/a.mjs', 'export const a = await import(process.argv[2]);\n');
  assert.is(digestOf(world), null, 'what is imported cannot be told');
  world.close();
});

test('output that was changed or removed by hand is restored', async () => {
  const FILE = 'dist/clusters/prod/paastasvc-cart/cart-main.yaml';
  await inWorld(async (world) => {
    const text = readFileSync(world.at(FILE), 'utf8');
    const changes = [
      text.replace('cart', 'tarc'),
      `${text}\n`,
      text.slice(0, 40),
      '',
      text.replace('replicas', 'replicaz'),
    ];
    for (const changed of changes) {
      world.write(FILE, changed);
      const { rendered } = await checked(world);
      assert.is(readFileSync(world.at(FILE), 'utf8'), text);
      assert.equal(rendered, of('cart'));
    }
    for (const path of [FILE, 'dist/clusters/prod/paastasvc-cart', 'dist/clusters/prod', 'dist/sensu', 'dist']) {
      world.remove(path);
      await checked(world);
    }
    world.write('dist/clusters/prod/paastasvc-cart/by-hand.yaml', 'kind: ConfigMap\n');
    world.write('dist/clusters/prod/paastasvc-mail/kustomization.yaml', '# mine\nresources: []\n');
    world.write('dist/clusters/prod/_cluster/.paasta-gitops-tmp-1-1', 'left by a killed run');
    await checked(world);
    await checked(world);
  });
});

test('what an error holds back, and what is not deployed, is reported by every run and kept', async () => {
  await inWorld(async (world) => {
    world.write('soa/cart/kubernetes-prod.yaml', 'main: {cpus: many}\nworker: {}\n');
    world.write('soa/mail/kubernetes-prod.yaml', 'main: {}\nnew: {}\n');
    for (let run = 0; run < 4; run++) {
      const { status, stdout, rendered } = await checked(world);
      assert.is(status, 1);
      assert.match(stdout, 'held back: cart.main');
      assert.match(stdout, 'not deployed: mail.new');
      if (run > 1) assert.equal(rendered, []);
    }
    world.write('soa/shop/smartstack.yaml', 'main:\n  proxy_port: 20000\n');
    for (let run = 0; run < 3; run++) await checked(world);
  });
});

test('a cache that is lost, cut, altered or of another project changes nothing', async () => {
  await inWorld(async (world) => {
    const damage: readonly ((text: string) => string)[] = [
      () => '',
      (text) => text.slice(0, text.length / 2),
      (text) => text.slice(0, -1),
      (text) => text.replaceAll('cart', 'mail'),
      (text) => `${text}{}\n`,
      () => 'x',
    ];
    for (const damaged of damage) {
      const files = cacheFiles(world);
      assert.ok(Object.keys(files).length >= 2);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(world.cache, name), damaged(text), 'latin1');
      assert.equal((await checked(world)).rendered, ALL);
      assert.equal((await checked(world)).rendered, []);
    }
    world.remove('cache');
    assert.equal((await checked(world)).rendered, ALL);
    world.remove('cache');
    world.write('cache', 'a file where the folder should be');
    const run = await world.synth();
    assert.is(run.status, 0);
    assert.match(run.stderr, 'the cache is not kept');
  });
});

test('a run about part of the fleet neither uses nor spoils the cache; one of a cluster has its own', async () => {
  await inWorld(async (world) => {
    const before = cacheFiles(world);
    world.write('soa/cart/kubernetes-prod.yaml', 'main: {cpus: 2}\nworker: {}\n');
    assert.equal((await checked(world, '-s', 'cart', '-i', 'main')).rendered, ['prod/cart.main', 'stage/cart.main']);
    assert.equal(cacheFiles(world), before);
    assert.is((await checked(world, '-c', 'stage')).rendered.length, 8);
    assert.equal((await checked(world, '-c', 'stage')).rendered, []);
    assert.equal((await checked(world)).rendered, of('cart'));
  });
});

test('the cache holds nothing of what a file says: no secret, no manifest', async () => {
  const files = {
    'soa/cart/kubernetes-prod.yaml': 'main: {env: {API_KEY: "hunter2-in-the-clear", K: SECRET(k)}}\nworker: {}\n',
    'soa/cart/secrets/k.json': '{"environments": {"prod": {"ciphertext": "c1pher", "signature": "s"}}}',
  };
  const world = cacheWorld(files);
  await world.synth();
  const kept = Object.values(cacheFiles(world)).join('');
  assert.match(kept, 'cart-main.yaml');
  assert.not.match(kept, 'hunter2');
  assert.not.match(kept, 'c1pher');
  assert.not.match(kept, 'kind: Deployment');
  world.close();
});

test('--verify-cache makes everything anew, and names what the cache holds differently', async () => {
  const constructs = `export default (chart, instance) => {
  if (globalThis.spoilCacheWorld && instance.service === 'cart') throw new Error('spoilt');
};
`;
  await inWorld(
    async (world) => {
      assert.is((await world.synth('--verify-cache')).status, 0);
      (globalThis as { spoilCacheWorld?: boolean }).spoilCacheWorld = true;
      assert.is((await world.synth()).status, 0, 'the cache knows nothing of it');
      const { status, stderr } = await world.synth('--verify-cache');
      (globalThis as { spoilCacheWorld?: boolean }).spoilCacheWorld = false;
      assert.is(status, 1);
      assert.match(stderr, /the cache holds something else for service cart.*\[cache-differs\]/);
      assert.is((await world.synth('--verify-cache', '--no-cache')).status, 2);
    },
    { 'constructs.mjs': constructs },
  );
});

test('validate reports the same from the cache', async () => {
  await inWorld(async (world) => {
    world.write('soa/cart/kubernetes-prod.yaml', 'main: {cpus: many}\nworker: {unknown_key: 1}\n');
    for (const flags of [[], ['-o', 'json'], ['-v']]) {
      const expected = await world.call('validate', '--no-cache', ...flags);
      assert.is(expected.status, 1);
      for (let run = 0; run < 2; run++) {
        const { status, stdout, stderr } = await world.call('validate', '--cache-dir', world.cache, ...flags);
        assert.equal([status, stdout, stderr], [expected.status, expected.stdout, expected.stderr]);
      }
    }
  });
});

test.run();
