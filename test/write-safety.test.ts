/** What the writer never does: leave its folder, follow a link, overwrite one file by another, or end with a stack trace. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import { type ServiceOutput, TreeWriter, type WriteResult } from '../compiler/write/index.ts';
import { withFaultyDisk, withRival } from './support/faulty-disk.ts';
import { content, type Fleet, inFolder, instanceFile, put, readTree, writeFleet } from './support/output-tree.ts';

const FLEET: Fleet = { prod: { web: { main: { text: 'web' } }, api: { main: { text: 'api' } } } };
const codes = ({ diagnostics }: WriteResult): string[] =>
  diagnostics.map(({ severity, code }) => `${severity} ${code}`);

function writeFiles(outDir: string, files: readonly RenderedFile[]): WriteResult {
  const writer = new TreeWriter({ outDir, clusters: ['prod'] });
  const output: ServiceOutput = { service: 'web', files, known: { prod: ['main'] } };
  writer.addService(output);
  return writer.finish();
}
const at = (path: string): RenderedFile => ({ ...instanceFile('prod', 'web', 'main', 'x'), path });

for (const path of [
  '../outside.yaml',
  'clusters/prod/../../../outside.yaml',
  'clusters/./prod/x.yaml',
  '/etc/x.yaml',
  'clusters//x.yaml',
  'clusters/prod/a b.yaml',
  'clusters/prod/a\nb.yaml',
  'clusters/prod/a\0b.yaml',
  'clusters/prod/ünsafe.yaml',
  'clusters/prod/$(x).yaml',
  `clusters/prod/${'x'.repeat(256)}.yaml`,
  'x.yaml',
  '.git/hooks/pre-commit',
  '.paasta-gitops/prod.json',
  'clusters/prod/ns/kustomization.yaml',
  'clusters/prod/ns/Kustomization',
  'clusters/prod/ns/.hidden.yaml',
  '',
]) {
  test(
    `nothing is written to ${JSON.stringify(path.slice(0, 40))}`,
    inFolder((folder) => {
      const out = join(folder, 'a', 'out');
      const result = writeFiles(out, [at(path), at('clusters/prod/ns/good.yaml')]);
      assert.equal(codes(result), ['error unsafe-path']);
      assert.is(result.diagnostics[0]!.instance, 'main');
      assert.equal(readdirSync(folder), ['a']);
      assert.equal(readdirSync(join(folder, 'a')), ['out']);
      assert.equal(result.written, ['clusters/prod/ns/good.yaml']);
    }),
  );
}

for (const link of ['clusters', 'clusters/prod', 'clusters/prod/ns-web']) {
  test(
    `nothing is read or written through ${link} when it is a link`,
    inFolder((folder) => {
      const out = join(folder, 'out');
      const target = join(folder, 'target');
      mkdirSync(join(out, link, '..'), { recursive: true });
      mkdirSync(target);
      symlinkSync(target, join(out, link));
      const result = writeFleet(out, FLEET);
      assert.ok(result.diagnostics.length > 0);
      assert.ok(result.diagnostics.every(({ severity, code }) => severity === 'error' && code === 'unsafe-path'));
      assert.match(result.diagnostics[0]!.message, `nothing is written through ${link}: it is a symbolic link`);
      assert.equal(readdirSync(target), []);
    }),
  );
}

test(
  'a link where a file is rendered stays, and what it points to is not touched',
  inFolder((folder) => {
    const out = join(folder, 'out');
    put(folder, 'target.yaml', content('untouched'));
    mkdirSync(join(out, 'clusters/prod/ns-web'), { recursive: true });
    symlinkSync(join(folder, 'target.yaml'), join(out, 'clusters/prod/ns-web/web-main.yaml'));
    symlinkSync(join(folder, 'nowhere'), join(out, 'clusters/prod/ns-web/web-other.yaml'));
    const fleet: Fleet = { prod: { web: { main: { text: 'new' }, other: { text: 'new' } } } };
    const result = writeFleet(out, fleet);
    assert.equal(codes(result), ['error unsafe-path', 'error unsafe-path']);
    assert.is(readTree(folder)['target.yaml'], content('untouched'));
    assert.is(readTree(out)['clusters/prod/ns-web/web-main.yaml'], '(link)');
  }),
);

test(
  'links among the earlier files, the index and its folder are not followed',
  inFolder((folder) => {
    const out = join(folder, 'out');
    writeFleet(out, FLEET);
    put(folder, 'target.yaml', content('untouched'));
    execFileSync('rm', ['-f', join(out, 'clusters/prod/ns-web/web-main.yaml')]);
    symlinkSync(join(folder, 'target.yaml'), join(out, 'clusters/prod/ns-web/web-main.yaml'));
    const result = writeFleet(out, { prod: { api: { main: { text: 'api' } } } });
    assert.equal(codes(result), ['error unsafe-path']);
    assert.is(readTree(out)['clusters/prod/ns-web/web-main.yaml'], '(link)');
    assert.is(readTree(folder)['target.yaml'], content('untouched'));

    const other = join(folder, 'other');
    mkdirSync(other);
    symlinkSync(join(out, '.paasta-gitops'), join(other, '.paasta-gitops'));
    const before = readTree(out);
    assert.equal([...new Set(codes(writeFleet(other, { prod: {} }, { forcePrune: true })))], ['error unsafe-path']);
    assert.equal(readTree(out), before);
  }),
);

test(
  'two files that differ in case only are one too many',
  inFolder((out) => {
    const result = writeFiles(out, [
      at('clusters/prod/ns/web.yaml'),
      at('clusters/prod/ns/Web.yaml'),
      at('clusters/prod/NS/x.yaml'),
      at('clusters/prod/ns/web.yaml'),
    ]);
    assert.equal(codes(result), ['error file-name-clash', 'error file-name-clash']);
    assert.match(
      result.diagnostics.map(({ message }) => message).join('\n'),
      /rendered twice[^]*one file where case|one file where case[^]*rendered twice/,
    );
    assert.equal(result.written, ['clusters/prod/NS/x.yaml', 'clusters/prod/ns/web.yaml']);
  }),
);

test(
  'a folder, a file or a pipe that stands in the way is one finding, and the rest is written',
  inFolder((out) => {
    mkdirSync(join(out, 'clusters/prod/ns-web/web-main.yaml'), { recursive: true });
    put(out, 'clusters/prod/ns-file', 'a file\n');
    execFileSync('mkfifo', [join(out, 'clusters/prod/ns-web/pipe.yaml')]);
    const result = writeFiles(out, [
      ...[at('clusters/prod/ns-web/web-main.yaml'), at('clusters/prod/ns-web/pipe.yaml')],
      ...[at('clusters/prod/ns-file/a.yaml'), at('clusters/prod/ns-file/b.yaml'), at('clusters/prod/ns/good.yaml')],
    ]);
    const place = ({ code, file, message }: Diagnostic): string =>
      `${code} ${file} ${/: (.*)$/.exec(message)?.[1] ?? ''}`;
    assert.equal(result.diagnostics.map(place), [
      'unsafe-path clusters/prod/ns-file a file stands where a folder is needed',
      'hand-written-file clusters/prod/ns-web/pipe.yaml it is not in the index and does not start with our header; it stays as it is',
      'write-failed clusters/prod/ns-web/web-main.yaml a folder stands in its place',
    ]);
    assert.equal(result.written, ['clusters/prod/ns/good.yaml']);
  }),
);

test(
  'an output folder that is a file is one finding',
  inFolder((folder) => {
    put(folder, 'out', 'a file\n');
    const result = writeFleet(join(folder, 'out'), FLEET);
    assert.ok(result.diagnostics.every(({ code }) => code === 'write-failed'));
    assert.is(result.diagnostics.length, 1);
    assert.equal(result.written, []);
  }),
);

test('an output folder that cannot be made is one finding, also where Node would try for ever', () => {
  // No folder can be made there; other systems have no such place.
  if (!existsSync('/proc/self')) return;
  const { diagnostics, written } = writeFleet('/proc/paasta-gitops-out', FLEET);
  assert.equal(
    diagnostics.map(({ code, file, message }) => [code, file, message]),
    [['write-failed', '', 'cannot read or write the output: the system says ENOENT']],
  );
  assert.equal(written, []);
});

test(
  'a folder that another run makes at the same moment is used, a link that stands there then is not',
  inFolder((folder) => {
    const out = join(folder, 'out');
    const faster = withRival(
      (path) => {
        if (existsSync(dirname(path)) && !existsSync(path)) execFileSync('mkdir', [path]);
      },
      () => writeFleet(out, FLEET),
    );
    assert.equal(faster.diagnostics, []);
    assert.ok(existsSync(join(out, 'clusters/prod/ns-web/web-main.yaml')));
    mkdirSync(join(folder, 'elsewhere'));
    const linking = withRival(
      (path) => {
        if (path.endsWith('/ns-web')) symlinkSync(join(folder, 'elsewhere'), path);
      },
      () => writeFleet(join(folder, 'again'), FLEET),
    );
    assert.equal(codes(linking), ['error unsafe-path']);
    assert.equal(readdirSync(join(folder, 'elsewhere')), []);
  }),
);

test('a cluster, or a file of a cluster, that the run does not know is a mistake of the caller', () => {
  assert.throws(() => new TreeWriter({ outDir: '/nowhere', clusters: ['../x'] }), /no safe name of a cluster/);
  const writer = new TreeWriter({ outDir: '/nowhere', clusters: ['prod'] });
  assert.throws(
    () => writer.addService({ service: 'web', files: [instanceFile('stage', 'web', 'main', 'x')], known: {} }),
    /no cluster of this run/,
  );
  const bare = { ...at('clusters/prod/ns/x.yaml'), content: 'no header\n' };
  assert.throws(
    () => writer.addService({ service: 'web', files: [bare], known: {} }),
    /does not start with our header/,
  );
});

test(
  'a folder that may not be written is one finding, and the rest is written',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const changed: Fleet = {
      prod: { api: { main: { text: 'new' } }, web: { main: { text: 'new' }, more: { text: 'new' } } },
    };
    const denied = (path: string): string | undefined => (path.includes('/ns-web/.') ? 'EACCES' : undefined);
    const result = withFaultyDisk(denied, () => writeFleet(out, changed));
    assert.equal(codes(result), ['error write-failed', 'error write-failed']);
    assert.match(
      result.diagnostics[0]!.message,
      'cannot read or write clusters/prod/ns-web/web-main.yaml: permission denied',
    );
    assert.equal(result.written, ['clusters/prod/ns-api/api-main.yaml']);
    assert.equal(writeFleet(out, changed).written, [
      'clusters/prod/ns-web/web-main.yaml',
      'clusters/prod/ns-web/web-more.yaml',
    ]);
  }),
);

for (const [code, words] of [
  ['ENOSPC', 'no space is left on the device'],
  ['EROFS', 'the file system is read-only'],
  ['EDQUOT', 'the disk quota is used up'],
] as const) {
  test(
    `after ${code} nothing more is tried, one finding tells it, and the next run completes the tree`,
    inFolder((folder) => {
      const out = join(folder, 'out');
      writeFleet(out, { prod: { old: { main: { text: 'old' } } } });
      const services = Array.from({ length: 9 }, (_, i) => [`s${i}`, { main: { text: 'x' } }] as const);
      const fleet: Fleet = { prod: Object.fromEntries(services) };
      const tried: string[] = [];
      const full = (path: string): string | undefined => {
        tried.push(path);
        return /ns-s[4-9]\/\./.test(path) ? code : undefined;
      };
      const result = withFaultyDisk(full, () => writeFleet(out, fleet, { forcePrune: true }));
      assert.equal(codes(result), ['error write-failed']);
      assert.match(result.diagnostics[0]!.message, `cannot read or write clusters/prod/ns-s4/s4-main.yaml: ${words}`);
      assert.equal(
        tried.filter((path) => /ns-s[5-9]/.test(path)),
        [],
      );
      assert.is(result.written.length, 4);
      assert.equal(result.removed, []);
      writeFleet(out, fleet, { forcePrune: true });
      writeFleet(join(folder, 'fresh'), fleet);
      assert.equal(readTree(out), readTree(join(folder, 'fresh')));
    }),
  );
}

test.run();
