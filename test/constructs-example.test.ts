import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as cdk8s from 'cdk8s';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RenderedService, renderService } from '../compiler/render/index.ts';
import type { ExtendInstance } from '../constructs/index.ts';
import { instanceWith } from './support/instance.ts';
import { render, renderWith } from './support/manifests.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const MODULE = 'examples/constructs/checkout-team.mjs';
const { default: checkoutTeam } = (await import(pathToFileURL(join(root, MODULE)).href)) as { default: ExtendInstance };
const instance = instanceWith({ team: 'checkout' });

function kinds({ rendered }: RenderedService): readonly string[] {
  return rendered.flatMap(({ objects }) => objects.map(({ kind }) => kind));
}

test('the example adds a network policy to the instances of its team, and to no other', async () => {
  assert.equal(kinds(await renderWith(checkoutTeam, instance)), ['PodDisruptionBudget', 'Deployment', 'NetworkPolicy']);
  assert.equal(kinds(await renderWith(checkoutTeam, instanceWith())), ['PodDisruptionBudget', 'Deployment']);
});

test('the policy lets the shop front reach the ports of the instance', async () => {
  const { rendered, diagnostics } = await renderWith(checkoutTeam, instance);
  assert.equal(diagnostics, []);
  const { metadata, spec } = rendered[0]!.objects.find(({ kind }) => kind === 'NetworkPolicy')!;
  assert.equal(metadata, { name: 'shop-main-only-shopfront', namespace: 'paastasvc-shop' });
  assert.equal(spec, {
    podSelector: { matchLabels: { 'paasta.yelp.com/service': 'shop', 'paasta.yelp.com/instance': 'main' } },
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { name: 'paastasvc-shopfront' } },
            podSelector: { matchLabels: { 'paasta.yelp.com/service': 'shopfront' } },
          },
        ],
        ports: [{ port: 8888, protocol: 'TCP' }],
      },
    ],
    policyTypes: ['Ingress'],
  });
});

test('the label stands on the workload and its pods, which restart for it', async () => {
  const deploymentOf = async (extend: ExtendInstance): Promise<Record<string, string>[]> => {
    const { rendered } = await renderWith(extend, instance);
    const workload = rendered[0]!.objects.find(({ kind }) => kind === 'Deployment')!;
    const { template } = workload['spec'] as { template: { metadata: { labels: Record<string, string> } } };
    return [workload.metadata.labels!, template.metadata.labels];
  };
  const sha = 'paasta.yelp.com/config_sha';
  const plain = await deploymentOf(() => undefined);
  const marked = await deploymentOf(checkoutTeam);
  assert.equal(
    marked.map((labels) => labels['example.com/audited']),
    ['true', 'true'],
  );
  assert.is.not(marked[0]![sha], plain[0]![sha]);
  assert.is(marked[0]![sha], marked[1]![sha]);
});

test('the example works beside a bundle that carries a copy of cdk8s of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paasta-gitops-bundle-'));
  try {
    const file = join(folder, 'bundle.mjs');
    await bundleTo(file);
    const bundle = (await import(pathToFileURL(file).href)) as { renderService: typeof renderService; App: unknown };
    assert.is.not(bundle.App, cdk8s.App);
    const options = {
      filePer: 'instance',
      constructs: [{ module: MODULE, extend: checkoutTeam }],
      verbose: true,
    } as const;
    assert.equal(await bundle.renderService([instance], options), await render([instance], options));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Our code and cdk8s in one file, as in the released program. */
async function bundleTo(outfile: string): Promise<void> {
  await build({
    stdin: {
      contents: `export { renderService } from './compiler/render/index.ts'; export { App } from 'cdk8s';`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

test.run();
