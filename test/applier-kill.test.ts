/** A killed run is completed by the next one; test/applier-kill.full.ts does it at every write. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { controlPlaneAssets } from './support/control-plane.ts';
import { KillMatrix } from './support/kill-matrix.ts';
import { skipSuite } from './support/skip.ts';

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-kill', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test('a run that is killed in the middle leaves a cluster that the next run completes', async () => {
    const matrix = await KillMatrix.start();
    try {
      assert.ok(matrix.writes > 8 && matrix.writes <= 40, `${matrix.writes} writes`);
      assert.ok(await matrix.kill(4, 'after'));
      assert.ok(await matrix.kill(Math.floor(matrix.writes / 2), 'before'));
    } finally {
      await matrix.stop();
    }
  });
}

test.run();
