import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nerveContainer } from '../constructs/_nerve-container.ts';
import { checksum, prepareScript, startScript } from '../constructs/_synapse-scripts.ts';
import { podOf } from './support/golden-masks.ts';
import { compileMesh, object, sharedOf } from './support/mesh-tree.ts';
import { hasProgram } from './support/ruby.ts';
import { skipSuite } from './support/skip.ts';
import { smartstackSettings } from './support/smartstack-settings.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mesh-scripts-'));
test.after(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder that stands for the root of a container, and a shell in which its paths lead there. */
function container(name: string) {
  const root = join(scratch, name);
  const inside = (script: string): string =>
    script.replaceAll(/(?<![\w$.])\/(etc|run|var)\//g, (_, top: string) => `${root}/${top}/`);
  mkdirSync(join(root, 'bin'), { recursive: true });
  return {
    root,
    inside,
    write(path: string, text: string): void {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    read: (path: string): string => readFileSync(join(root, path), 'utf8'),
    program(program: string, script: string): void {
      writeFileSync(join(root, 'bin', program), `#!/bin/sh\n${script}\n`);
      chmodSync(join(root, 'bin', program), 0o755);
    },
    run(script: string, env: Readonly<Record<string, string>> = {}) {
      const path = `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`;
      return spawnSync('/bin/sh', ['-c', inside(script)], { encoding: 'utf8', env: { PATH: path, ...env } });
    },
  };
}

const nerve = nerveContainer({
  image: 'nerve',
  resources: { requests: {}, limits: {} },
  readsNodeFiles: false,
  services: [],
  copiedHeaders: [],
});
const start = nerve.args![0]!;
const probe = nerve.livenessProbe!.exec!.command![2]!;
const POD = { PAASTA_POD_IP: '10.0.0.5', POD_NAME: 'web-main-1' };

if (!hasProgram('ruby')) skipSuite('start and probe of nerve', 'ruby is not installed');
else {
  /** A container in which nerve was started; its `nerve -k` refuses files that say bad. */
  const started = (name: string): ReturnType<typeof container> => {
    const box = container(name);
    mkdirSync(join(box.root, 'run/nerve'), { recursive: true });
    box.write('etc/nerve/nerve.conf.json', `{"id": "<%= ENV.fetch('POD_NAME') %>", "text": "é \\u003c%= 1 %>"}\n`);
    box.program('nerve', `echo "$@" >> ${box.root}/calls; for file in "$@"; do :; done; ! grep -q bad "$file"`);
    const { status, stderr } = box.run(start, POD);
    assert.is(status, 0, stderr);
    box.write('run/nerve/heartbeat', '');
    return box;
  };

  test('nerve starts with its file evaluated for the pod', () => {
    const box = started('start');
    assert.equal(JSON.parse(box.read('run/nerve/nerve.conf.json')), { id: 'web-main-1', text: 'é <%= 1 %>' });
    assert.is(box.read('calls'), box.inside('-c /run/nerve/nerve.conf.json\n'));
    assert.match(box.read('run/nerve/pid'), /^\d+\n$/);
  });

  test('nerve does not start with a file that cannot be evaluated', () => {
    const box = container('no-pod');
    mkdirSync(join(box.root, 'run/nerve'), { recursive: true });
    box.write('etc/nerve/nerve.conf.json', `{"id": "<%= ENV.fetch('POD_NAME') %>"}`);
    box.program('nerve', `touch ${box.root}/called`);
    assert.is.not(box.run(start).status, 0);
    assert.not(existsSync(join(box.root, 'called')));
  });

  test('the probe passes while nothing changes, and fails on a heartbeat that is a minute old', () => {
    const box = started('heartbeat');
    assert.is(box.run(probe, POD).status, 0);
    const old = new Date(Date.now() - 120_000);
    utimesSync(join(box.root, 'run/nerve/heartbeat'), old, old);
    assert.is.not(box.run(probe, POD).status, 0);
  });

  test('the probe gives nerve a changed file and tells it to read that', async () => {
    const box = started('changed');
    const child = spawn('/bin/sh', ['-c', 'trap "exit 7" HUP; echo ready; while :; do read line; done'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    box.write('run/nerve/pid', `${child.pid!}\n`);
    box.write('etc/nerve/nerve.conf.json', '{"id": "other"}\n');
    const ended = once(child, 'exit');
    assert.is(box.run(probe, POD).status, 0);
    assert.is((await ended)[0], 7);
    assert.is(box.read('run/nerve/nerve.conf.json'), '{"id": "other"}\n');
  });

  test('the probe leaves the running file alone when the changed one is invalid', () => {
    const box = started('invalid');
    const running = box.read('run/nerve/nerve.conf.json');
    box.write('run/nerve/pid', '99999999\n');
    box.write('etc/nerve/nerve.conf.json', '{"id": "bad"}\n');
    assert.is(box.run(probe, POD).status, 0);
    assert.is(box.read('run/nerve/nerve.conf.json'), running);
  });
}

const { synapse } = smartstackSettings();

test('the DaemonSet runs the scripts that are tested here', async () => {
  const tree = await compileMesh({ web: { smartstack: { main: { proxy_port: 20001 } } } });
  const pod = podOf(object(sharedOf(tree), 'DaemonSet', 'synapse')) as unknown as {
    initContainers: { args: string[] }[];
    containers: { args: string[]; livenessProbe: { exec: { command: string[] } } }[];
  };
  assert.equal(pod.initContainers[0]!.args, [prepareScript(synapse)]);
  assert.equal(pod.containers[1]!.args, [startScript()]);
  assert.is(pod.containers[1]!.livenessProbe.exec.command[2], checksum.compare);
});

test('the node is prepared once: folders, no dead sockets, a first configuration', () => {
  const box = container('prepare');
  box.write('var/run/synapse/sockets/gone.sock', '');
  box.write('var/run/synapse/haproxy-master.sock', '');
  assert.is(box.run(prepareScript(synapse)).status, 0);
  assert.not(existsSync(join(box.root, 'var/run/synapse/sockets/gone.sock')));
  for (const folder of ['sockets', 'services', 'maps'])
    assert.ok(existsSync(join(box.root, 'var/run/synapse', folder)));
  assert.match(box.read('var/run/synapse/haproxy.cfg'), /^listen stats\nbind 127\.0\.0\.1:3212$/m);
  box.write('var/run/synapse/haproxy.cfg', '# of synapse\n');
  assert.is(box.run(prepareScript(synapse)).status, 0);
  assert.is(box.read('var/run/synapse/haproxy.cfg'), '# of synapse\n');
});

if (!hasProgram('haproxy')) skipSuite('the first configuration of HAProxy', 'haproxy is not installed');
else {
  test('HAProxy starts with the first configuration', () => {
    const box = container('first');
    box.run(prepareScript(synapse));
    const { status, stderr } = box.run('haproxy -c -f /var/run/synapse/haproxy.cfg');
    assert.is(status, 0, stderr);
  });
}

test('synapse is restarted when a file changes, comes or goes, and not before', () => {
  const box = container('checksum');
  mkdirSync(join(box.root, 'var/run/synapse'), { recursive: true });
  box.write('etc/synapse/conf/synapse.conf.json', '{}');
  box.write('etc/synapse/services.d/a.main.json', '{}');
  box.program('synapse', `echo "$@" > ${box.root}/calls`);
  const isSame = (): boolean => box.run(checksum.compare).status === 0;
  assert.is(box.run(startScript()).status, 0);
  assert.is(box.read('calls'), box.inside('-c /etc/synapse/conf/synapse.conf.json\n'));
  assert.ok(isSame());
  box.write('etc/synapse/services.d/b.main.json', '{}');
  assert.not(isSame());
  rmSync(join(box.root, 'etc/synapse/services.d/b.main.json'));
  assert.ok(isSame());
  box.write('etc/synapse/conf/synapse.conf.json', '{ }');
  assert.not(isSame());
});

if (!hasProgram('ruby')) skipSuite('the reload of HAProxy', 'ruby is not installed');
else {
  test("synapse's reload command says reload to the master and waits for the answer", async () => {
    const box = container('reload');
    const tree = await compileMesh({ web: { smartstack: { main: { proxy_port: 20001 } } } });
    const data = object(sharedOf(tree), 'ConfigMap', 'synapse')['data'] as Record<string, string>;
    const text = data['synapse.conf.json']!.replace(/"<%.*?%>"/, '0');
    const { reload_command: command } = (JSON.parse(text) as { haproxy: { reload_command: string } }).haproxy;
    mkdirSync(join(box.root, 'var/run/synapse'), { recursive: true });
    let heard = '';
    const master = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('data', (bytes) => void (heard += String(bytes)));
      socket.on('end', () => socket.end('Success=1\n'));
    });
    master.listen(join(box.root, 'var/run/synapse/haproxy-master.sock'));
    await once(master, 'listening');
    const child = spawn('/bin/sh', ['-c', box.inside(command)]);
    const [status] = (await once(child, 'exit')) as [number];
    master.close();
    assert.equal([status, heard], [0, 'reload\n']);
  });
}

test.run();
