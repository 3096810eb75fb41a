import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, type CompileInput } from '../compiler/compile.ts';
import type { ServiceSummary } from '../compiler/model/service-summary.ts';
import { smartstackAcross } from '../compiler/resolve/index.ts';
import { loadToolkit } from '../compiler/render/app.ts';
import { synapseOutput } from '../compiler/render/synapse.ts';
import { HOSTS } from './support/golden-hosts.ts';
import { goldenReader } from './support/golden-tree.ts';
import { clusterConfig } from './support/summary.ts';
import { SMARTSTACK } from './support/smartstack-settings.ts';

const toolkit = await loadToolkit();
const config = clusterConfig({ smartstack: { ...SMARTSTACK, synapse: { shards: 64 } } });

/** Summaries of services with two namespaces each, one behind a proxy. */
function fleet(count: number): readonly ServiceSummary[] {
  return Array.from({ length: count }, (_, index) => {
    const port = 30_000 + 2 * index;
    return {
      version: 1,
      service: `service-${index}`,
      clusters: {},
      proxyPorts: { main: port, slow: port + 1 },
      smartstackSource: null,
      smartstack: [
        { namespace: 'main', proxyPort: port, advertise: ['region', 'superregion'] },
        {
          namespace: 'slow',
          proxyPort: port + 1,
          endpoints: [['/slow', 9000]],
          proxiedThrough: `service-${(index * 7) % count}.main`,
        },
      ],
    };
  });
}

/** Milliseconds of CPU, the least of three tries. */
function cost(count: number): number {
  const summaries = fleet(count);
  const tries = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    const across = smartstackAcross(summaries, [config]);
    const output = synapseOutput(toolkit, {
      ...{ config, summaries, heldBack: new Set<string>(), kept: null },
      locationTypes: ['superregion', 'region'],
    });
    assert.equal([...across, ...output.diagnostics], []);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...tries);
}

test('the entries of a fleet cost in proportion to its services', () => {
  cost(500);
  const ratio = cost(8000) / cost(1000);
  assert.ok(
    ratio < 24,
    `eight times the services cost ${ratio.toFixed(1)} times as much; in proportion is 8, squared 64`,
  );
});

test("what a summary carries for synapse is small, and nothing that isn't said", async () => {
  const settings = HOSTS.map((host) => {
    const smartstack = host.smartstack('synapse.conf.json');
    return [`${host.cluster}/smartstack.json`, JSON.stringify({ smartstack })] as const;
  });
  const input: CompileInput = {
    soa: goldenReader('soa-configs'),
    system: goldenReader('etc-paasta', Object.fromEntries(settings)),
    ...{ scope: {}, strict: false, severity: {}, filePer: 'instance', constructs: [], verbose: false },
  };
  const { summaries } = await compile(input, {
    begin: () => undefined,
    service: () => undefined,
    kept: () => null,
    aggregates: () => undefined,
    progress: () => undefined,
  });
  for (const { service, smartstack } of summaries()) {
    const bytes = Buffer.byteLength(JSON.stringify(smartstack));
    assert.ok(bytes <= 150 * Math.max(1, smartstack!.length) + 250, `${service}: ${bytes} bytes`);
  }
  const suggest = summaries().find(({ service }) => service === 'suggest')!;
  assert.equal(suggest.smartstack, [{ namespace: 'main', proxyPort: 20140 }]);
});

test.run();
