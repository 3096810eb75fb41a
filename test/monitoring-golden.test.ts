import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MonitoringSettings } from '../compiler/model/monitoring.ts';
import { monitoredGoldens } from './support/golden-monitoring.ts';

const goldens = monitoredGoldens();

test('PaaSTA recorded the monitoring of 46 instances', () => {
  assert.is(goldens.length, 46);
});

for (const { cluster, id, instance, settings } of goldens) {
  test(`${cluster}: the settings of ${id} are PaaSTA's`, () => {
    assert.equal(inPaastaSpelling(instance.monitoring.settings), settings);
  });
}

function inPaastaSpelling(settings: MonitoringSettings): Record<string, unknown> {
  const spelling = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [spelling(key), value]));
}

test.run();
