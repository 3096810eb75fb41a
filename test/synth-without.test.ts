/** What `synth` leaves out on request. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { checkCompany } from './support/check-company.ts';
import { readTree } from './support/run-cli.ts';

const SMARTSTACK = {
  synapse_image: 'registry.example.com/synapse:1',
  location_types: ['superregion'],
  location_mapping: {},
  locations: { superregion: { static: 'west' } },
  zookeeper_topology: { west: ['zk.example.com:2181'] },
};

async function synth(
  instances: string,
  flagsOfRuns: readonly (readonly string[])[],
): Promise<{ readonly status: number; readonly rendered: readonly string[]; readonly tree: Record<string, string> }> {
  const company = checkCompany(instances, { smartstack: SMARTSTACK });
  try {
    let run;
    for (const flags of flagsOfRuns) run = await callCli(['synth', '-o', 'json', ...flags], { cwd: company.folder });
    const tree = readTree(join(company.folder, 'dist'));
    const rendered = Object.keys(tree).filter((path) => /\/shop-.*\.yaml$/.test(path));
    return { status: run!.status, rendered: rendered.map((path) => path.split('/').at(-1)!), tree };
  } finally {
    company.remove();
  }
}

const synapseOf = (tree: Record<string, string>): readonly string[] =>
  Object.keys(tree).filter((path) => path.includes('-synapse'));

test('--no-validate renders what a rule holds back, and still holds back what cannot be resolved', async () => {
  const instances = 'main: {}\nworse: {cost_owner: 3}\nbroken: 3\n';
  const checked = await synth(instances, [[]]);
  assert.equal([checked.status, checked.rendered], [1, ['shop-main.yaml']]);
  const unchecked = await synth(instances, [['--no-validate']]);
  assert.equal([unchecked.status, unchecked.rendered], [1, ['shop-main.yaml', 'shop-worse.yaml']]);
});

test('--no-mesh renders no synapse, and leaves that of an earlier run as it is', async () => {
  const full = await synth('main: {}\n', [[]]);
  assert.ok(synapseOf(full.tree).length > 0);
  const bare = await synth('main: {}\n', [['--no-mesh']]);
  assert.equal([bare.rendered, synapseOf(bare.tree)], [['shop-main.yaml'], []]);
  const kept = await synth('main: {}\n', [[], ['--no-mesh']]);
  assert.equal(kept.tree, full.tree);
});

test.run();
