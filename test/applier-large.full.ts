/** 10,000 live objects: what a run without differences costs in requests, writes, processor time and memory. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instanceFiles, RenderedTree, runVerb, type TreeFiles } from './support/applier-cluster.ts';
import { controlPlaneAssets, startControlPlane } from './support/control-plane.ts';
import { startFaultProxy } from './support/fault-proxy.ts';
import { PROGRAM } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

const SERVICES = 200;
const INSTANCES = 16;

function files(): TreeFiles {
  const all: Record<string, TreeFiles[string]> = {};
  for (let service = 0; service < SERVICES; service++) {
    for (let instance = 0; instance < INSTANCES; instance++) {
      Object.assign(all, instanceFiles(`s${service}`, `i${instance}`, { autoscaler: { min: 1, max: 2 } }));
    }
  }
  return all;
}

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-large', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test('a diff of 10,000 objects without differences costs a request per 400 objects and no write', async () => {
    const plane = await startControlPlane();
    const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-large-'));
    const proxy = await startFaultProxy(plane, folder);
    const tree = new RenderedTree().write(files());
    try {
      await plane.request('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'paasta' },
      });
      for (let run = 0; run < 2; run++) {
        const started = performance.now();
        const { status, err } = await runVerb(plane, tree, ['apply', '--no-wait']);
        assert.is(status, 0, err.slice(-2000));
        process.stdout.write(`apply ${run + 1}: ${Math.round(performance.now() - started)} ms\n`);
      }
      const objects = SERVICES * (1 + INSTANCES * 3);
      const started = performance.now();
      const script = `process.on('exit', () => { const u = process.resourceUsage(); process.stderr.write(JSON.stringify({ cpuMs: (u.userCPUTime + u.systemCPUTime) / 1000, rssMiB: u.maxRSS / 1024 })); });`;
      const preload = `data:text/javascript,${encodeURIComponent(script)}`;
      const args = ['--import', preload, PROGRAM, 'diff', '--cluster', 'test', '--context', 'test', '--dir', tree.root];
      const child = await inBackground(args, {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        KUBECONFIG: proxy.kubeconfigPath,
      });
      const wallMs = Math.round(performance.now() - started);
      assert.is(child.status, 0, child.stdout + child.stderr);
      const usage = JSON.parse(child.stderr.slice(child.stderr.lastIndexOf('{'))) as { cpuMs: number; rssMiB: number };
      process.stdout.write(
        `${objects} objects: ${proxy.requests} requests, ${proxy.writes.length} writes, ${wallMs} ms, ${JSON.stringify(usage)}\n`,
      );
      assert.is(proxy.writes.length, 0);
      assert.ok(proxy.requests <= 2 * 4 + objects / 400 + 10, `${proxy.requests} requests`);
    } finally {
      await proxy.stop();
      await plane.stop();
      tree.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function inBackground(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (status) => {
      resolve({ status, stdout, stderr });
    });
  });
}

test.run();
