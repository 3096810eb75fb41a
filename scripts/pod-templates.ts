/**
 * Writes test/golden/pod-templates.json: a digest of the pod template of every workload that the golden company and the example
 * render. A digest that moves means that an upgrade of this program restarts those pods: run this only for a change that is meant to,
 * and say so in CHANGELOG.md.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileTree } from '../cli/compile-tree.ts';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { canonicalJson } from '../compiler/emit/canonical-json.ts';
import { mapAt } from '../compiler/emit/json-data.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { documentsOf } from '../review/output-files.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const POD_TEMPLATES_FILE = 'test/golden/pod-templates.json';
const TREES = [
  { soa: 'test/golden/paasta/soa-configs', system: 'test/golden/paasta/etc-paasta' },
  { soa: 'examples/company/soa-configs', system: 'examples/company/system-config' },
];

/** Digests of the pod templates by `CLUSTER KIND NAMESPACE/NAME`, sorted. */
export async function podTemplates(): Promise<Readonly<Record<string, string>>> {
  const digests = new Map<string, string>();
  for (const { soa, system } of TREES) {
    const { files } = await compileTree({
      ...{ soa: createDiskReader(join(ROOT, soa)), system: createDiskReader(join(ROOT, system)) },
      ...{ constructs: [], scope: {}, filePer: 'instance', verbose: false, strict: false, severity: {} },
    });
    for (const file of files.values()) {
      for (const { key, object } of documentsOf([file])) {
        const template = mapAt(mapAt(object, 'spec') ?? {}, 'template');
        if (template === undefined) continue;
        digests.set(`${file.cluster} ${key}`, createHash('sha256').update(canonicalJson(template)).digest('hex'));
      }
    }
  }
  return Object.fromEntries([...digests].sort(([a], [b]) => compareText(a, b)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(ROOT, POD_TEMPLATES_FILE), `${JSON.stringify(await podTemplates(), null, 2)}\n`);
}
