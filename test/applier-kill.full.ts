/** The whole matrix: killed before and after every write of a run with a create, a change, a hand-over, a switch and a prune. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { controlPlaneAssets } from './support/control-plane.ts';
import { KillMatrix } from './support/kill-matrix.ts';
import { skipSuite } from './support/skip.ts';

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-kill.full', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test('wherever a run is killed, the next one gives the cluster of an undisturbed run', async () => {
    const matrix = await KillMatrix.start();
    try {
      let killed = 0;
      for (let at = 1; at <= matrix.writes; at++) {
        for (const when of ['before', 'after'] as const) if (await matrix.kill(at, when)) killed++;
      }
      process.stdout.write(`${killed} killed runs, ${matrix.writes} writes in the undisturbed one\n`);
      assert.ok(killed >= 2 * matrix.writes - 6, `${killed} runs were killed`);
    } finally {
      await matrix.stop();
    }
  });
}

test.run();
