import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasProgram } from './support/ruby.ts';
import { ROOT } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

const IMAGES = join(ROOT, 'examples/images');
const scratch = mkdtempSync(join(tmpdir(), 'images-'));
test.after(() => rmSync(scratch, { recursive: true, force: true }));

function lint(folder: string) {
  return spawnSync('/bin/sh', [join(IMAGES, 'lint.sh'), folder], { encoding: 'utf8' });
}

test('the images pass their checks', () => {
  const { status, stdout } = lint(IMAGES);
  assert.equal([status, stdout], [0, '']);
});

/** A mistake in one file, and what is said about it. */
const MISTAKES: readonly {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly says: RegExp;
}[] = [
  { file: 'nerve/Dockerfile', from: 'FROM ruby:3.1-slim-bookworm\n', to: 'FROM ruby:latest\n', says: /not pinned/ },
  { file: 'nerve/Dockerfile', from: 'FROM ruby:3.1-slim-bookworm\n', to: 'FROM ruby\n', says: /has no tag/ },
  { file: 'nerve/Dockerfile', from: 'USER nobody\n', to: '', says: /no USER/ },
  { file: 'nerve/Dockerfile', from: 'f28923bfd079', to: 'main', says: /not pinned to a commit/ },
  { file: 'synapse/Dockerfile', from: 'CMD ["haproxy", "-v"]', to: 'CMD haproxy -v', says: /are lists/ },
  {
    file: 'synapse/Dockerfile',
    from: ' --no-install-recommends haproxy',
    to: ' haproxy',
    says: /no-install-recommends/,
  },
  {
    file: 'synapse/Dockerfile',
    from: 'haproxy \\\n  && rm -rf /var/lib/apt/lists/*',
    to: 'haproxy',
    says: /package lists/,
  },
  { file: 'hacheck/Dockerfile', from: 'COPY run-hacheck.sh', to: 'COPY gone.sh', says: /not there/ },
  { file: 'hacheck/run-hacheck.sh', from: 'set -eu', to: 'set -e', says: /no set -eu/ },
  { file: 'hacheck/run-hacheck.sh', from: 'start() {', to: 'start() {{', says: /not a shell script/ },
];

for (const { file, from, to, says } of MISTAKES) {
  test(`a check finds ${JSON.stringify(to)} for ${JSON.stringify(from)} in ${file}`, () => {
    const folder = mkdtempSync(join(scratch, 'copy-'));
    cpSync(IMAGES, folder, { recursive: true });
    const text = readFileSync(join(folder, file), 'utf8');
    assert.ok(text.includes(from));
    writeFileSync(join(folder, file), text.replace(from, to));
    const { status, stdout } = lint(folder);
    assert.is(status, 1);
    assert.match(stdout, says);
  });
}

/** What HAProxy's statistics say of servers, by backend. */
function statistics(servers: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const rows = Object.entries(servers).flatMap(([backend, states]) =>
    Object.entries(states).map(([server, status]) => `${backend},${server},0,${status},`),
  );
  return `# pxname,svname,qcur,status,\n${rows.join('\n')}\n`;
}

if (!hasProgram('python3')) skipSuite('the readiness check', 'python3 is not installed');
else {
  const states = {
    'web.main': { FRONTEND: 'OPEN', 'web-1_10.0.0.5:8888': 'UP', 'web-2_10.0.0.6:8888': 'DOWN', BACKEND: 'UP' },
    'web.rising': { 'web-1_10.0.0.5:8888': 'UP 1/3' },
    'web.down': { 'web-1_10.0.0.5:8888': 'MAINT' },
    'web.other': { 'web-1_110.0.0.5:8888': 'UP', 'web-1_10.0.0.5:18888': 'UP' },
    'web.main.superregion': { 'web-1_10.0.0.5:8888': 'DOWN' },
  };
  /** Status of the check for these registrations, and the scopes that it asked for. */
  const check = async (...registrations: string[]) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      response.end(statistics(states));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const env = {
      PATH: process.env['PATH'] ?? '',
      PAASTA_POD_IP: '10.0.0.5',
      PAASTA_HOST: '127.0.0.1',
      SYNAPSE_PORT: `${port}`,
    };
    const child = spawn(join(IMAGES, 'hacheck/check_smartstack_up.sh'), ['8888', ...registrations], {
      env,
      stdio: 'ignore',
    });
    const [status] = (await once(child, 'exit')) as [number];
    server.close();
    return { status, asked };
  };

  test('a pod is ready when each of its registrations is up at its own address and port', async () => {
    const { status, asked } = await check('web.main', 'web.rising');
    assert.is(status, 0);
    assert.equal(asked, ['/;csv;norefresh;scope=web.main', '/;csv;norefresh;scope=web.rising']);
  });

  test('a pod is not ready while a registration is down, at another address, or unknown', async () => {
    for (const registration of ['web.down', 'web.other', 'web.gone']) {
      assert.is((await check('web.main', registration)).status, 1, registration);
    }
  });

  test('a pod is not ready when HAProxy does not answer', () => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      PAASTA_POD_IP: '10.0.0.5',
      PAASTA_HOST: '127.0.0.1',
      SYNAPSE_PORT: '1',
    };
    const { status } = spawnSync(join(IMAGES, 'hacheck/check_smartstack_up.sh'), ['8888', 'web.main'], {
      env,
      stdio: 'ignore',
    });
    assert.is(status, 1);
  });
}

test('hacheck is started again inside its container when its configuration changes', async () => {
  const folder = join(scratch, 'hacheck');
  mkdirSync(folder);
  const config = join(folder, 'hacheck.yaml');
  writeFileSync(config, 'cache_time: 1\n');
  writeFileSync(
    join(folder, 'hacheck'),
    '#!/bin/sh\necho "started $*"\ntrap "echo stopped; exit 0" TERM\nread -r line <&3\n',
  );
  chmodSync(join(folder, 'hacheck'), 0o755);
  const env = {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    HACHECK_CONFIG: config,
    HACHECK_RELOAD_SECONDS: '0.05',
  };
  const child = spawn(join(IMAGES, 'hacheck/run-hacheck.sh'), { env, stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  const said: string[] = [];
  const until = async (count: number): Promise<void> => {
    while (said.length < count) await once(child.stdout!, 'data');
  };
  child.stdout!.on('data', (bytes) => said.push(...String(bytes).trim().split('\n')));
  await until(1);
  writeFileSync(config, 'cache_time: 2\n');
  await until(3);
  child.kill('SIGTERM');
  const [status] = (await once(child, 'exit')) as [number];
  assert.equal(
    [status, said.slice(0, 3)],
    [0, [`started -p 6666 -c ${config}`, 'stopped', `started -p 6666 -c ${config}`]],
  );
});

test.run();
