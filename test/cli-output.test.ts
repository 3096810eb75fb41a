import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROGRAM, ROOT } from './support/run-cli.ts';

test('a reader that leaves early, such as head, is no error', () => {
  const command = `"${process.execPath}" "${PROGRAM}" schema print kubernetes | true`;
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], { cwd: ROOT, encoding: 'utf8' });
  assert.is(stderr, '');
  assert.is(status, 0);
});

test.run();
