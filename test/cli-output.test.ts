import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROGRAM, ROOT, runCli } from './support/run-cli.ts';

test('a reader that leaves early, such as head, is no error', () => {
  const command = `"${process.execPath}" "${PROGRAM}" schema print kubernetes | true`;
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], { cwd: ROOT, encoding: 'utf8' });
  assert.is(stderr, '');
  assert.is(status, 0);
});

test('a file that cannot be written is named, with the reason, and is no defect of the program', () => {
  const file = 'package.json/sub/services';
  const { status, stderr } = runCli(['services-file', '--out', file]);
  assert.is(stderr, `paasta-gitops: error: ${join(ROOT, 'package.json/sub')}: not a directory\n`);
  assert.is(status, 1);
});

test.run();
