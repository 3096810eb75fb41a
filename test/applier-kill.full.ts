/** The whole matrix: killed before and after every write of a run with a create, a change, a hand-over, a switch and a prune. */
import { test } from 'uvu';
import { controlPlaneAssets } from './support/control-plane.ts';
import { KillMatrix } from './support/kill-matrix.ts';
import { skipSuite } from './support/skip.ts';

if (controlPlaneAssets() === undefined) {
  skipSuite('applier-kill.full', 'KUBEBUILDER_ASSETS names no control plane');
} else {
  test('wherever a run is killed, the next one gives the cluster of an undisturbed run', async () => {
    const matrix = await KillMatrix.start();
    try {
      for (let at = 1; at <= matrix.writes; at++) {
        await matrix.kill(at, 'before');
        await matrix.kill(at, 'after');
      }
      process.stdout.write(`${2 * matrix.writes} killed runs\n`);
    } finally {
      await matrix.stop();
    }
  });
}

test.run();
