import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDiskReader } from '../../compiler/load/disk-reader.ts';
import { compileTree } from '../support/compile.ts';
import { PaastaComparison } from '../support/paasta-comparison.ts';
import { skipSuite } from '../support/skip.ts';

const SERVICES = 150;
const SEEDS = [11, 12, 13];
const CLUSTERS = ['east-prod', 'west-prod', 'west-stage'];
const oracle = process.env['PAASTA_ORACLE'] ?? '';
const python = process.env['PAASTA_ORACLE_PYTHON'] ?? '';

if (!existsSync(join(oracle, 'run.sh')) || python === '') {
  skipSuite('differential/synth', 'PAASTA_ORACLE and PAASTA_ORACLE_PYTHON are not set');
} else {
  const scratch = mkdtempSync(join(tmpdir(), 'differential-'));
  for (const seed of SEEDS) {
    test(`a tree of ${SERVICES} services, seed ${seed}, differs from PaaSTA's in no object`, async () => {
      const corpus = join(scratch, `corpus-${seed}`);
      const expected = join(scratch, `expected-${seed}`);
      run(python, [join(oracle, 'gen_corpus.py'), String(SERVICES), String(seed), corpus]);
      run('bash', [join(oracle, 'run.sh'), corpus, expected]);
      const system = withRoleBindings(join(corpus, 'etc-paasta'));
      const tree = await compileTree(createDiskReader(join(corpus, 'soa-configs')), system);
      assert.equal(
        tree.diagnostics.filter(({ severity }) => severity === 'error'),
        [],
      );
      const comparison = new PaastaComparison(tree, expected, []);
      let compared = 0;
      for (const cluster of CLUSTERS) {
        for (const instance of comparison.formattedIn(cluster)) {
          comparison.compareInstance(cluster, instance);
          compared += 1;
        }
        comparison.compareNamespaces(cluster);
        comparison.compareAdapterRules(cluster);
        comparison.compareLists(cluster);
      }
      assert.ok(compared > SERVICES, `only ${compared} instances were compared`);
    });
  }
  test.after(() => rmSync(scratch, { recursive: true, force: true }));
  test.run();
}

/** The generated configuration, with the RoleBindings that PaaSTA renders always. */
function withRoleBindings(folder: string) {
  const reader = createDiskReader(folder);
  const text = Buffer.from('{"defaults": {"api_role_binding": true}}');
  const isExtra = (path: string): boolean => path.endsWith('/defaults.json');
  return {
    read: (path: string) => (isExtra(path) ? ({ kind: 'file', bytes: text } as const) : reader.read(path)),
    exists: (path: string) => isExtra(path) || reader.exists(path),
    list(path: string) {
      const listed = reader.list(path);
      if (listed.kind !== 'directory' || path === '') return listed;
      const entries = [...listed.entries, { name: 'defaults.json', kind: 'file' as const }];
      return { ...listed, entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)) };
    },
  };
}

function run(command: string, args: readonly string[]): void {
  const env = { ...process.env, PY: python };
  const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args[0]!} failed: ${stderr}`);
}
