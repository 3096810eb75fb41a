/** The index: what it means when it is missing, broken, newer, or followed by the journal of a killed run. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { journalLines, parseJournal } from '../compiler/write/journal.ts';
import { SettledIndex } from '../compiler/write/settled-index.ts';
import { parseIndex, serialiseIndex } from '../compiler/write/tree-index.ts';
import { content, type Fleet, inFolder, put, readTree, writeFleet } from './support/output-tree.ts';

const INDEX = '.paasta-gitops/prod.json';
const labels = (service: string, instance: string): string =>
  `metadata:\n  labels:\n    paasta.yelp.com/instance: ${instance}\n    paasta.yelp.com/service: ${service}`;
const FLEET: Fleet = {
  prod: {
    api: { main: { text: labels('api', 'main') }, '2024': { text: labels('api', '"2024"') } },
    web: { main: { text: labels('web', 'main') } },
  },
  stage: { web: { main: { text: 'stage' } } },
};
const sha256 = 'a'.repeat(64);

test('an index reads back as it was written, and its services follow from its files', () => {
  const files = new Map([
    ['sensu/prod/web.yaml', { sha256, service: 'web', instance: null }],
    ['clusters/prod/ns/b.yaml', { sha256, service: '__proto__', instance: 'z' }],
    ['clusters/prod/ns/a.yaml', { sha256, service: '__proto__', instance: '9' }],
    ['clusters/prod/ns/namespace.yaml', { sha256, service: null, instance: null }],
  ]);
  const text = serialiseIndex(files);
  assert.match(text, '"services": {\n    "__proto__": ["9", "z"],\n    "web": []\n  }');
  const parsed = parseIndex(text);
  assert.ok(parsed.kind === 'files');
  assert.equal([...parsed.files].sort(), [...files].sort());
  assert.is(serialiseIndex(parsed.files), text);
  assert.is(serialiseIndex(new Map()), '{\n  "version": 1,\n  "services": {},\n  "files": {}\n}\n');
});

test('digests are replaced in an index as if all of it were written anew, and nothing else is', () => {
  const entry = { sha256, service: 'web', instance: 'a"b' };
  const files = new Map([
    ['clusters/prod/ns/a.yaml', entry],
    ['clusters/prod/ns/b.yaml', entry],
    ['clusters/prod/ns/é.yaml', { ...entry, instance: 'é' }],
  ]);
  const index = SettledIndex.of(Buffer.from(serialiseIndex(files)))!;
  const changes = [...files].slice(1).map(([path, each]) => [path, { ...each, sha256: 'b'.repeat(64) }] as const);
  assert.is(index.edited(changes)!.toString(), serialiseIndex(new Map([...files, ...changes])));
  assert.is(index.edited(files)!.toString(), serialiseIndex(files), 'the index itself stays as it is');
  const path = 'clusters/prod/ns/b.yaml';
  assert.is(index.edited([[path, { ...entry, instance: 'c' }]]), undefined, 'services would have to change too');
  assert.is(index.edited([[path, { ...entry, sha256: 'short' }]]), undefined, 'the lines behind it would have to move');
  assert.is(index.edited([['ns/b.yaml', entry]]), undefined);
  const spaced = Buffer.from(serialiseIndex(files).replaceAll('{"sha256"', '{ "sha256"'));
  assert.is(SettledIndex.of(spaced)!.edited(changes), undefined, 'it would be laid out otherwise');
});

for (const [why, text] of [
  ['it is no JSON', 'version: 1'],
  ['it holds marks of a merge conflict', '{\n<<<<<<< HEAD\n  "version": 1\n'],
  ['it is no JSON object', '[]'],
  ['it has no version', '{}'],
  ['it has no files', '{"version":1}'],
  [
    'its entry "../outside.yaml" makes no sense',
    `{"version":1,"files":{"../outside.yaml":{"sha256":"${sha256}","service":null,"instance":null}}}`,
  ],
  [
    'its entry ".git/config" makes no sense',
    `{"version":1,"files":{".git/config":{"sha256":"${sha256}","service":null,"instance":null}}}`,
  ],
  [
    'its entry "clusters/p/x.yaml" makes no sense',
    '{"version":1,"files":{"clusters/p/x.yaml":{"sha256":"1","service":null,"instance":null}}}',
  ],
  [
    'its entry "clusters/p/x.yaml" makes no sense',
    `{"version":1,"files":{"clusters/p/x.yaml":{"sha256":"${sha256}","service":1,"instance":null}}}`,
  ],
] as const) {
  test(
    `a broken index stops all changes of its cluster and says why: ${why}`,
    inFolder((out) => {
      writeFleet(out, FLEET);
      put(out, INDEX, text);
      const before = readTree(out);
      const changed = { prod: { web: { main: { text: 'new' } } }, stage: { web: { main: { text: 'new' } } } };
      const result = writeFleet(out, changed, { forcePrune: true });
      assert.equal(
        result.diagnostics.map(({ severity, code, file, cluster }) => [severity, code, file, cluster]),
        [['error', 'index-broken', INDEX, 'prod']],
      );
      assert.match(result.diagnostics[0]!.message, why);
      assert.match(result.diagnostics[0]!.hint!, 'synth --rebuild-index');
      const after = readTree(out);
      const differing = Object.keys(after).filter((path) => after[path] !== before[path]);
      assert.equal(differing, ['.paasta-gitops/stage.json', 'clusters/stage/ns-web/web-main.yaml']);
    }),
  );
}

test(
  'an index of a newer version stops all changes of its cluster, even to rebuild it',
  inFolder((out) => {
    writeFleet(out, FLEET);
    put(out, INDEX, '{"version":2,"elsewhere":{}}');
    const before = readTree(out);
    for (const rebuildIndex of [false, true]) {
      const result = writeFleet(out, { prod: {}, stage: FLEET['stage']! }, { forcePrune: true, rebuildIndex });
      assert.equal(
        result.diagnostics.map(({ severity, code }) => [severity, code]),
        [['error', 'index-too-new']],
      );
      assert.equal(readTree(out), before);
    }
  }),
);

test(
  'a lost index is warned about, and rebuilt from the files that start with our header',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = readTree(out);
    put(out, 'clusters/prod/ns-web/extra.yaml', 'by: hand\n');
    rmSync(join(out, INDEX));
    const fleet = { ...FLEET, prod: { api: { main: { text: labels('api', 'main') } } } };
    const kept = {
      unrendered: ['api.main'],
      keep: ({ service }: { service: string | null }): boolean => service === null,
    };
    const warned = writeFleet(out, fleet, kept);
    assert.equal(
      warned.diagnostics.map(({ severity, code }) => [severity, code]),
      [['warning', 'index-missing']],
    );
    assert.equal(warned.removed, []);
    const rebuilt = writeFleet(out, FLEET, { unrendered: ['api.main', 'api.2024', 'web.main'], rebuildIndex: true });
    assert.equal(rebuilt.removed, []);
    assert.is(readTree(out)[INDEX], before[INDEX]);
    const result = writeFleet(out, fleet, { rebuildIndex: true, forcePrune: true });
    assert.equal(result.removed, [
      'clusters/prod/_cluster/namespace-ns-web.yaml',
      'clusters/prod/ns-api/api-2024.yaml',
      'clusters/prod/ns-web/web-main.yaml',
    ]);
    assert.is(readTree(out)['clusters/prod/ns-web/extra.yaml'], 'by: hand\n');
  }),
);

test(
  'a broken index is rebuilt',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = readTree(out);
    put(out, INDEX, '<<<<<<< ours');
    assert.equal(writeFleet(out, FLEET, { rebuildIndex: true }).diagnostics, []);
    assert.equal(readTree(out), before);
  }),
);

test(
  "rebuilding finds a service's file of Sensu checks by its name",
  inFolder((out) => {
    writeFleet(out, FLEET);
    put(out, 'sensu/prod/web.yaml', content('type: CheckConfig'));
    put(out, 'sensu/prod/_teams.yaml', content('type: Handler'));
    writeFleet(out, FLEET, { rebuildIndex: true, aggregates: false });
    const { files } = JSON.parse(readTree(out)[INDEX]!) as {
      files: Record<string, { service: string | null; instance: unknown }>;
    };
    assert.is(files['sensu/prod/web.yaml']?.service, 'web');
    assert.is(files['sensu/prod/_teams.yaml']?.service, null);
  }),
);

test(
  'the first run into a folder that holds other things says nothing of an index',
  inFolder((out) => {
    put(out, 'clusters/prod/ns-web/extra.yaml', 'by: hand\n');
    assert.equal(writeFleet(out, FLEET).diagnostics, []);
  }),
);

test('a journal is read up to the half line of a killed run, and goes on behind it', () => {
  const entry = { path: 'clusters/p/n/a.yaml', service: 's', instance: null };
  const other = { ...entry, path: 'clusters/p/n/b.yaml' };
  const killed = `${journalLines([entry])}\n{"path":"clusters/p/n/c.ya`;
  assert.equal(parseJournal(killed), [entry]);
  assert.equal(parseJournal(killed + journalLines([other])), [entry, other]);
  assert.equal(parseJournal('{"path":"../x","service":null,"instance":null}\n[]\nnull\n'), []);
});

test(
  'files that only the journal of a killed run knows are ours when they start with our header',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = readTree(out);
    put(out, 'clusters/prod/ns-new/new-main.yaml', content('half a run'));
    put(out, 'clusters/prod/ns-new/taken.yaml', 'written: by hand\n');
    const paths = ['ns-new/new-main.yaml', 'ns-new/taken.yaml', 'ns-never/never-main.yaml'];
    const entries = paths.map((path) => ({ path: `clusters/prod/${path}`, service: 'new', instance: 'main' }));
    put(out, '.paasta-gitops/prod.journal', journalLines(entries));
    const result = writeFleet(out, FLEET);
    assert.equal(result.removed, ['clusters/prod/ns-new/new-main.yaml']);
    const after = readTree(out);
    assert.is(after['clusters/prod/ns-new/taken.yaml'], 'written: by hand\n');
    assert.is(after[INDEX], before[INDEX]);
    assert.not.ok('.paasta-gitops/prod.journal' in after);
  }),
);

test.run();
