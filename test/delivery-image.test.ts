import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testCompany, type TestCompany } from './support/delivery-company.ts';
import { freePorts } from './support/free-ports.ts';
import { tempDir } from './support/git-repository.ts';
import { skipSuite } from './support/skip.ts';

const SHA = 'a'.repeat(40);
const NAME = `services-web:paasta-${SHA}`;

interface Setup {
  readonly company: TestCompany;
  /** Runs `image …` in the code of the service with a docker of our own. */
  image(...args: readonly string[]): ReturnType<TestCompany['call']>;
  /** Calls of that docker. */
  calls(): readonly string[];
  readonly folder: string;
}

const MAKEFILE =
  'itest:\n\t@echo "building $(DOCKER_TAG)" && echo "$(DOCKER_TAG)" > made\ncook-image:\n\t@echo "$(DOCKER_TAG)" > cooked\n';

/** A docker that only writes down how it was called; `image inspect` knows an image when `made` names it. */
const DOCKER = `#!/bin/sh
echo "$@" >> "$CALLS"
[ "$1" != image ] || grep -qxF "$5" made 2>/dev/null
`;

function setup(name: string, registry = 'registry.example.com:5000', makefile = MAKEFILE): Setup {
  const company = testCompany(name, { docker_registry: registry });
  company.addService('web', { 'kubernetes-eu-prod.yaml': 'main: {cpus: 1}\n' });
  const bin = tempDir('bin');
  writeFileSync(join(bin, 'docker'), DOCKER);
  chmodSync(join(bin, 'docker'), 0o755);
  const folder = company.config.dir;
  writeFileSync(join(folder, 'Makefile'), makefile);
  const calls = join(bin, 'calls');
  const env = { PATH: `${bin}:${process.env['PATH']!}`, CALLS: calls, HOME: bin };
  return {
    company,
    folder,
    image: (...args) => company.callWith(env, 'image', ...args, '-s', 'web'),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  };
}

test('tag prints the name that make gets and deployments.json names', async () => {
  const { image } = setup('tag');
  assert.is((await image('tag', '-c', SHA)).out, `registry.example.com:5000/${NAME}\n`);
  assert.is((await image('tag', '-c', SHA, '-i', 'v2')).out, `registry.example.com:5000/${NAME}-v2\n`);
  assert.is((await image('tag', '-c', 'abc')).status, 2);
  assert.is((await image('tag')).status, 2);
  assert.is((await image('paint', '-c', SHA)).status, 2);
});

test('itest runs make with DOCKER_TAG and wants an image of that name', async () => {
  const { image, company, folder } = setup('itest');
  const good = await image('itest', '-c', SHA);
  assert.is(good.status, 0, good.err);
  assert.is(readFileSync(join(folder, 'made'), 'utf8'), `registry.example.com:5000/${NAME}\n`);
  assert.match(good.err, 'building registry.example.com');
  assert.equal(
    company.events().map((event) => event['message']),
    [`starting itest for ${SHA}.`, `itest passed for ${SHA}.`],
  );
  writeFileSync(join(folder, 'Makefile'), 'itest:\n\ttrue\n');
  const other = await image('itest', '-c', 'b'.repeat(40));
  assert.is(other.status, 1);
  assert.match(other.err, 'has not created');
});

test('itest that fails points to the console of the build', async () => {
  const { company } = setup('failing', undefined, 'itest:\n\texit 3\n');
  const { status, err } = await company.callWith(
    { BUILD_URL: 'https://ci/1/' },
    'image',
    'itest',
    '-s',
    'web',
    '-c',
    SHA,
  );
  assert.is(status, 1);
  assert.match(err, 'See output: https://ci/1/console');
});

test('make that hangs is stopped with what it started', async () => {
  const { image } = setup('hanging', undefined, 'itest:\n\tsleep 60\n');
  const { status, err } = await image('itest', '-c', SHA, '--timeout', '1');
  assert.is(status, 1);
  assert.match(err, 'was stopped after 1 s');
});

test('build names the image by commit, by the environment, or by the user', async () => {
  const { image, company, folder } = setup('build');
  const cooked = (): string => readFileSync(join(folder, 'cooked'), 'utf8').trim();
  await image('build', '-c', SHA);
  assert.is(cooked(), `registry.example.com:5000/${NAME}`);
  await company.callWith({ DOCKER_TAG: 'mine' }, 'image', 'build', '-s', 'web');
  assert.is(cooked(), 'mine');
  await image('build');
  assert.is(cooked(), 'paasta-cook-image-web-ann');
  assert.ok(company.events().some((event) => event['action'] === 'cook-image'));
  writeFileSync(join(folder, 'Makefile'), 'test:\n\ttrue\n');
  const { status, err } = await image('build');
  assert.is(status, 1);
  assert.match(err, 'no target "cook-image"');
});

test('docker that is not installed is said so', async () => {
  const { company, folder } = setup('nodocker');
  const bin = tempDir('nobin');
  mkdirSync(join(bin, 'x'));
  writeFileSync(join(bin, 'make'), '#!/bin/sh\nexit 0\n');
  chmodSync(join(bin, 'make'), 0o755);
  const { status, err } = await company.callWith(
    { PATH: bin, HOME: folder },
    'image',
    'push',
    '-s',
    'web',
    '-c',
    SHA,
    '-f',
  );
  assert.is(status, 1);
  assert.match(err, 'docker is not installed');
});

/** Debian's registry on a port of its own, and what pushes to it. */
interface Registry {
  readonly address: string;
  stop(): void;
}

async function startRegistry(): Promise<Registry> {
  const [port] = await freePorts(1);
  const dir = tempDir('registry');
  const config = [
    'version: 0.1',
    'log: {level: error}',
    `storage: {filesystem: {rootdirectory: ${join(dir, 'data')}}}`,
    `http: {addr: "127.0.0.1:${port!}"}`,
  ];
  writeFileSync(join(dir, 'config.yml'), `${config.join('\n')}\n`);
  const child = spawn('docker-registry', ['serve', join(dir, 'config.yml')], { stdio: 'ignore' });
  process.on('exit', () => child.kill('SIGKILL'));
  const address = `127.0.0.1:${port!}`;
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`http://${address}/v2/`).catch(() => null);
    if (answer?.status === 200) return { address, stop: () => void child.kill('SIGKILL') };
    await pause(100);
  }
  throw new Error('the registry does not answer');
}

/** Puts an image of one empty configuration into a registry, as docker or as OCI; its digest. */
async function putImage(address: string, tag: string, kind: 'docker' | 'oci'): Promise<string> {
  const base = `http://${address}/v2/services-web`;
  const blob = '{}';
  const digest = `sha256:${createHash('sha256').update(blob).digest('hex')}`;
  const started = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const upload = new URL(started.headers.get('location')!);
  upload.searchParams.set('digest', digest);
  await fetch(upload, { method: 'PUT', body: blob, headers: { 'content-type': 'application/octet-stream' } });
  const types =
    kind === 'docker'
      ? ['application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.docker.container.image.v1+json']
      : ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json'];
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: types[0],
    config: { mediaType: types[1], size: blob.length, digest },
    layers: [],
  });
  const put = await fetch(`${base}/manifests/${tag}`, {
    method: 'PUT',
    body: manifest,
    headers: { 'content-type': types[0]! },
  });
  assert.is(put.status, 201);
  return `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
}

if (spawnSync('docker-registry', ['--version']).status !== 0) {
  skipSuite('images in a real registry', 'the package docker-registry is not installed');
} else {
  const registry = await startRegistry();

  test('verify finds docker and OCI images in a real registry, and misses others', async () => {
    const { image } = setup('verify', registry.address);
    for (const [kind, version] of [
      ['docker', 'd1'],
      ['oci', 'o1'],
    ] as const) {
      const digest = await putImage(registry.address, `paasta-${SHA}-${version}`, kind);
      const found = await image('verify', '-c', SHA, '-i', version, '-o', 'json');
      assert.is(found.status, 0, found.err);
      assert.equal(JSON.parse(found.out), { image: `${registry.address}/${NAME}-${version}`, exists: true, digest });
    }
    const missing = await image('verify', '-c', SHA, '-i', 'none');
    assert.is(missing.status, 1);
    assert.match(missing.err, 'is not in the registry');
  });

  test('verify --wait ends when the image appears, or with its time', async () => {
    const { image } = setup('wait', registry.address);
    const waiting = image('verify', '-c', SHA, '-i', 'late', '--wait', '--poll-period', '1', '--timeout', '60');
    await putImage(registry.address, `paasta-${SHA}-late`, 'docker');
    assert.is((await waiting).status, 0);
    assert.is(
      (await image('verify', '-c', SHA, '-i', 'never', '--wait', '--poll-period', '2', '--timeout', '1')).status,
      1,
    );
  });

  test('push leaves an image that is there alone and pushes one that is not', async () => {
    const { image, calls, company } = setup('push', registry.address);
    const sha = 'c'.repeat(40);
    const name = `${registry.address}/services-web:paasta-${sha}`;
    await putImage(registry.address, `paasta-${sha}`, 'docker');
    const there = await image('push', '-c', sha);
    assert.is(there.status, 0, there.err);
    assert.match(there.out, 'in the registry already');
    assert.equal(calls(), []);
    await image('push', '-c', sha, '-i', 'v2');
    assert.equal(calls(), [`tag ${name}-v2 ${name}`, `push ${name}-v2`]);
    await image('push', '-c', sha, '--force');
    assert.is(calls().at(-1), `push ${name}`);
    assert.ok(company.events().some((event) => event['action'] === 'push-to-registry'));
  });

  test('mark --verify-image marks only what the registry has', async () => {
    const { company } = setup('markverify', registry.address);
    const web = company.addService('web', { 'kubernetes-eu-prod.yaml': 'main: {deploy_group: prod}\n' });
    const mark = (sha: string) =>
      company.call('mark', '-s', 'web', '-l', 'prod', '-c', sha, '--verify-image', '--allow-file');
    await putImage(registry.address, `paasta-${web.commits[1]!}`, 'docker');
    const missing = await mark(web.commits[0]!);
    assert.is(missing.status, 1);
    assert.match(missing.err, 'the registry has no image');
    assert.is((await mark(web.commits[1]!)).status, 0);
  });

  test.after(() => {
    registry.stop();
  });
}

test.run();
