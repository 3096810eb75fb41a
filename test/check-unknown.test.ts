/** The check without a usable answer: always unknown, always in time, never a stack. */
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { checkCompany, CLUSTER, plainKubeconfig, type CheckCompany } from './support/check-company.ts';
import { runCli } from './support/run-cli.ts';

const DEPLOYED = ['check', '-c', CLUSTER, '-s', 'shop', '-i', 'main'];

async function withCompany(run: (company: CheckCompany) => Promise<void>, instances = 'main: {}\n'): Promise<void> {
  const company = checkCompany(instances, { sensu_host: '127.0.0.1', sensu_port: 1 });
  try {
    await run(company);
  } finally {
    company.remove();
  }
}

test('an API server that is down is unknown, and names why', async () => {
  await withCompany(async ({ folder }) => {
    const kubeconfig = plainKubeconfig(folder, 'http://127.0.0.1:1');
    const { status, stdout, stderr } = await callCli([...DEPLOYED, '--kubeconfig', kubeconfig], { cwd: folder });
    assert.equal([status, stderr], [3, '']);
    assert.match(stdout, /^UNKNOWN: the API server gives no answer: connect ECONNREFUSED 127\.0\.0\.1:1\n$/);
  });
});

test('an API server that never answers is unknown when time is up, for every kind of check', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await withCompany(async ({ folder }) => {
      const kubeconfig = plainKubeconfig(folder, `http://127.0.0.1:${port}`);
      const kinds = [DEPLOYED, ['check', '-c', CLUSTER], [...DEPLOYED, '--oom'], ['check', '-c', CLUSTER, '--api']];
      for (const args of kinds) {
        const started = performance.now();
        const result = await callCli([...args, '--kubeconfig', kubeconfig, '--timeout', '0.3'], { cwd: folder });
        assert.ok(performance.now() - started < 3000, 'it ends in time');
        const [status, start] = args.includes('--api') ? [1, 'Error connecting to API'] : [3, 'UNKNOWN'];
        assert.equal(result, { status, stdout: `${start}: no answer within 0.3 s\n`, stderr: '' });
      }
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test('a program for credentials that gives no answer does not outlive the check', async () => {
  await withCompany(async ({ folder }) => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['20'] };
    const kubeconfig = plainKubeconfig(folder, 'http://127.0.0.1:1', { exec: { ...exec, interactiveMode: 'Never' } });
    const started = performance.now();
    const result = runCli([...DEPLOYED, '--kubeconfig', kubeconfig, '--timeout', '0.3'], { cwd: folder });
    assert.equal([result.status, result.stdout], [3, 'UNKNOWN: no answer within 0.3 s\n']);
    assert.ok(performance.now() - started < 10_000, 'it ends in time');
  });
});

test('wrong usage exits 3 and says what is right', async () => {
  await withCompany(async ({ folder }) => {
    const cases: [string[], RegExp][] = [
      [['check', '-i', 'main'], /-i needs -s SERVICE/],
      [[...DEPLOYED, '--threshold', 'half'], /--threshold is a number; found "half"/],
      [[...DEPLOYED, '--api', '--oom'], /--api and --oom are two checks: give one/],
      [['check', '--instances', '1', '-s', 'a b', '-i', 'x', '-c', 'c'], /--service "a b" is no name/],
      [
        ['check', '-c', 'other', '-s', 'a', '-i', 'b', '--instances', '1'],
        /no context is known for the cluster "other"/,
      ],
      [[...DEPLOYED, '--instances', '1', '--emit'], /--emit needs soa-configs/],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = await callCli(args, { cwd: folder });
      assert.equal([status, stdout], [3, '']);
      assert.match(stderr, message);
    }
  });
});

test('what soa-configs do not have is unknown, with the nearest name', async () => {
  await withCompany(async ({ folder }) => {
    const cases: [string[], string][] = [
      [['-c', CLUSTER, '-s', 'shap', '-i', 'main'], 'there is no service "shap"; did you mean "shop"?'],
      [
        ['-c', CLUSTER, '-s', 'shop', '-i', 'mian'],
        'there is no instance "mian" of shop in norcal-prod; did you mean "main"?',
      ],
      [
        ['-c', 'norcal-prd', '-s', 'shop', '-i', 'main'],
        'there is no cluster "norcal-prd"; did you mean "norcal-prod"?',
      ],
    ];
    for (const [args, message] of cases) {
      const { status, stdout } = await callCli(['check', ...args], { cwd: folder });
      assert.equal([status, stdout], [3, `UNKNOWN: ${message}\n`]);
    }
  });
});

test('an instance whose configuration has errors is unknown', async () => {
  await withCompany(async ({ folder }) => {
    const { status, stdout } = await callCli(DEPLOYED, { cwd: folder });
    assert.equal([status, stdout], [3, 'UNKNOWN: shop.main: its configuration has errors\n']);
  }, 'main: {instances: many}\n');
});

test('a kubeconfig without the context is unknown, whatever its current context is', async () => {
  await withCompany(async ({ folder }) => {
    const kubeconfig = plainKubeconfig(folder, 'http://127.0.0.1:1');
    const args = [...DEPLOYED, '--kubeconfig', kubeconfig, '--context', 'prod'];
    const { status, stdout } = await callCli(args, { cwd: folder });
    assert.equal([status, stdout], [3, 'UNKNOWN: the kubeconfig has no context "prod"; it has test\n']);
  });
});

test.run();
