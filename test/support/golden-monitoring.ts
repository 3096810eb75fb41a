import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedInstance } from '../../compiler/model/resolved-instance.ts';
import { resolveService } from '../../compiler/resolve/index.ts';
import { GOLDEN, goldenReader } from './golden-tree.ts';
import { loadTree } from './sources.ts';

const CLUSTERS = ['norcal-dev', 'pnw-prod', 'pnw-stage'];

/** What PaaSTA sent to the Sensu client at one share of replicas. */
export interface GoldenEvent {
  readonly available: number;
  readonly expected: number;
  readonly sent: readonly { readonly payload: Readonly<Record<string, unknown>>; readonly to: readonly unknown[] }[];
}

/** One instance of the example company, as resolved here and as PaaSTA sees its monitoring. */
export interface MonitoredGolden {
  readonly id: string;
  readonly cluster: string;
  /** Name of the cluster's only location in the recorded events. */
  readonly location: string;
  readonly instance: ResolvedInstance;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, GoldenEvent>>;
}

/** Every instance of the example company whose monitoring PaaSTA recorded. */
export function monitoredGoldens(): readonly MonitoredGolden[] {
  const regions = readJson('clusters.json') as Record<string, { region: string }>;
  return CLUSTERS.flatMap((cluster) => {
    const tree = loadTree(goldenReader('soa-configs'), goldenReader('etc-paasta'), cluster);
    const files = readdirSync(join(GOLDEN, 'expected', cluster)).filter((file) => !file.startsWith('_'));
    return files.sort().flatMap((file) => {
      const id = file.replace(/\.json$/, '');
      const { monitoring } = readJson(`expected/${cluster}/${file}`) as {
        monitoring?: Pick<MonitoredGolden, 'settings' | 'events'>;
      };
      if (monitoring === undefined) return [];
      const [service, name] = id.split('.') as [string, string];
      const { instances } = resolveService(tree.service(service), tree.config, tree.shared);
      const instance = instances.find((each) => each.instance === name);
      if (instance === undefined) throw new Error(`${cluster}: ${id} is not resolved`);
      return [{ id, cluster, location: regions[cluster]!.region, instance, ...monitoring }];
    });
  });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(GOLDEN, path), 'utf8'));
}
