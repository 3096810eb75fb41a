/** The control plane that other tests run on: pods become ready on fake nodes, and nothing outlives the test. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlane, controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { skipSuite } from './support/skip.ts';

if (controlPlaneAssets() === undefined) {
  skipSuite('control-plane', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test('a deployment becomes available on fake nodes, and stop ends every program', async () => {
    const plane = await startControlPlane({ controllers: true, nodes: 3, nodeLabels: { rack: 'r1' } });
    const folder = dirname(plane.kubeconfigPath);
    try {
      await becomesAvailable(plane);
      const reader = await plane.request('GET', '/api/v1/nodes/node-000');
      assert.is((reader.json as { metadata: { labels: Record<string, string> } }).metadata.labels['rack'], 'r1');
      assert.is(programsUnder(folder).length, 5);
    } finally {
      await plane.stop();
    }
    assert.equal(programsUnder(folder), []);
    assert.not.ok(existsSync(folder));
    await plane.stop();
  });

  test('kill -9 of the process that started it takes the programs along', async () => {
    const module = new URL('support/control-plane.ts', import.meta.url).href;
    const script = `import(${JSON.stringify(module)}).then(async (m) => {
      const plane = await m.startControlPlane();
      console.log(plane.kubeconfigPath);
      setInterval(() => undefined, 1000);
    });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [kubeconfig] = await firstLine(child.stdout);
    const folder = dirname(kubeconfig!);
    try {
      assert.is(programsUnder(folder).length, 2);
      child.kill('SIGKILL');
      for (let tries = 0; programsUnder(folder).length > 0 && tries < 200; tries++) await pause(25);
      assert.equal(programsUnder(folder), []);
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}

async function becomesAvailable(plane: ControlPlane): Promise<void> {
  const labels = { app: 'web' };
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const created = await plane.request('POST', deployments, {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'registry.example/web:1' }] } },
    },
  });
  assert.is(created.status, 201, created.text);
  for (let tries = 0; tries < 600; tries++) {
    const { json } = await plane.request('GET', `${deployments}/web`);
    if ((json as { status?: { availableReplicas?: number } }).status?.availableReplicas === 2) return;
    await pause(50);
  }
  assert.unreachable('the deployment did not become available');
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string[]> {
  for await (const line of createInterface({ input: stream })) return [line];
  return [];
}

/** Processes (not their guards) whose command line names the folder or that run in it. */
function programsUnder(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter((command) => command.includes(folder) && !command.startsWith('/bin/sh'));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

test.run();
