/** What a run leaves on disk. */
import { readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HEADER } from '../compiler/model/rendered-file.ts';
import { content, type Fleet, inFolder, put, readTree, stamps, writeFleet } from './support/output-tree.ts';

const FLEET: Fleet = {
  prod: { web: { main: { text: 'web main' }, canary: { text: 'web canary' } }, api: { main: { text: 'api main' } } },
  stage: { web: { main: { text: 'web stage' } } },
};
const digest = (text: string): string => createHash('sha256').update(content(text)).digest('hex');

test(
  'a first run writes every file, the lists, and an index with one file a line',
  inFolder((out) => {
    const result = writeFleet(out, FLEET);
    assert.equal(result.diagnostics, []);
    assert.is(result.unchanged, 0);
    assert.equal(result.removed, []);
    assert.is(result.written.length, 7);
    const tree = readTree(out);
    assert.is(tree['clusters/prod/ns-web/web-main.yaml'], content('web main'));
    assert.is(
      tree['.paasta-gitops/stage.json'],
      `{
  "version": 1,
  "services": {
    "web": ["main"]
  },
  "files": {
    "clusters/stage/_cluster/namespace-ns-web.yaml": {"sha256":"${digest('kind: Namespace # ns-web')}","service":null,"instance":null},
    "clusters/stage/ns-web/web-main.yaml": {"sha256":"${digest('web stage')}","service":"web","instance":"main"}
  }
}
`,
    );
    assert.match(tree['.paasta-gitops/prod.json']!, '"web": ["canary", "main"]');
    assert.is(
      tree['clusters/prod/kustomization.yaml'],
      `${HEADER}
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- _cluster
- ns-api
- ns-web
`,
    );
    assert.match(tree['clusters/prod/ns-web/kustomization.yaml']!, 'resources:\n- web-canary.yaml\n- web-main.yaml\n');
    assert.equal(
      Object.keys(tree).filter((path) => /journal|tmp/.test(path)),
      [],
    );
    assert.is(statSync(join(out, 'clusters/prod/ns-web/web-main.yaml')).mode & 0o777, 0o644 & ~process.umask());
  }),
);

test(
  'a second run with nothing changed touches nothing, not even a folder',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = stamps(out);
    const result = writeFleet(out, FLEET);
    assert.equal(stamps(out), before);
    assert.equal({ ...result }, { written: [], unchanged: 7, removed: [], bookkeeping: [], diagnostics: [] });
  }),
);

test(
  'only what changed is written',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = stamps(out);
    const changed = { ...FLEET, stage: { web: { main: { text: 'other' } } } };
    const result = writeFleet(out, changed);
    assert.equal(result.written, ['clusters/stage/ns-web/web-main.yaml']);
    assert.equal(result.bookkeeping, ['.paasta-gitops/stage.json']);
    assert.is(result.unchanged, 6);
    const after = stamps(out);
    const touched = Object.keys(after).filter((path) => after[path] !== before[path]);
    assert.equal(touched, [
      '.paasta-gitops',
      '.paasta-gitops/stage.json',
      'clusters/stage/ns-web',
      'clusters/stage/ns-web/web-main.yaml',
    ]);
  }),
);

test(
  'a rendered file that was edited by hand is restored',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const fresh = readTree(out);
    put(out, 'clusters/prod/ns-web/web-main.yaml', content('edited'));
    put(out, 'clusters/prod/ns-api/api-main.yaml', 'header: gone\n');
    const result = writeFleet(out, FLEET);
    assert.equal(result.written, ['clusters/prod/ns-api/api-main.yaml', 'clusters/prod/ns-web/web-main.yaml']);
    assert.equal(readTree(out), fresh);
  }),
);

test(
  'the tree depends on what is rendered, not on the order of services or on what was there before',
  inFolder((out) => {
    writeFleet(join(out, 'a'), FLEET);
    writeFleet(join(out, 'b'), { prod: { old: { one: { text: 'x' } }, web: { main: { text: 'before' } } }, stage: {} });
    const { prod, stage } = FLEET;
    writeFleet(
      join(out, 'b'),
      { stage: stage!, prod: { api: prod!['api']!, web: prod!['web']! } },
      { forcePrune: true },
    );
    assert.equal(readTree(join(out, 'b')), readTree(join(out, 'a')));
  }),
);

test(
  'hand-written files beside ours are listed and never touched',
  inFolder((out) => {
    put(out, 'clusters/prod/ns-web/extra.yaml', 'kind: NetworkPolicy\n');
    put(out, 'clusters/prod/ns-web/notes.md', 'notes\n');
    put(out, 'clusters/prod/ns-web/.hidden.yaml', 'a: b\n');
    put(out, 'clusters/prod/by-hand/thing.yml', 'kind: Thing\n');
    put(out, 'clusters/prod/own-list/kustomization.yml', 'resources: [a.yaml]\n');
    put(out, 'clusters/prod/own-list/a.yaml', 'a: b\n');
    put(out, 'clusters/prod/no-yaml/readme.md', 'x\n');
    put(out, 'README.md', 'about\n');
    const before = readTree(out);
    const result = writeFleet(out, FLEET);
    assert.equal(result.diagnostics, []);
    const tree = readTree(out);
    for (const [path, text] of Object.entries(before)) assert.is(tree[path], text);
    assert.match(
      tree['clusters/prod/ns-web/kustomization.yaml']!,
      '- extra.yaml\n- web-canary.yaml\n- web-main.yaml\n',
    );
    assert.match(tree['clusters/prod/by-hand/kustomization.yaml']!, 'resources:\n- thing.yml\n');
    assert.match(
      tree['clusters/prod/kustomization.yaml']!,
      'resources:\n- _cluster\n- by-hand\n- ns-api\n- ns-web\n- own-list\n',
    );
    assert.not.ok('clusters/prod/own-list/kustomization.yaml' in tree);
    assert.not.ok('clusters/prod/no-yaml/kustomization.yaml' in tree);
  }),
);

test(
  'hand-written files stay, and stay listed, when the last of ours beside them goes',
  inFolder((out) => {
    writeFleet(out, FLEET);
    put(out, 'clusters/prod/ns-api/extra.yaml', 'kind: NetworkPolicy\n');
    const { prod, ...rest } = FLEET;
    const result = writeFleet(out, { ...rest, prod: { web: prod!['web']! } });
    assert.equal(result.removed, [
      'clusters/prod/_cluster/namespace-ns-api.yaml',
      'clusters/prod/ns-api/api-main.yaml',
    ]);
    const tree = readTree(out);
    assert.is(tree['clusters/prod/ns-api/extra.yaml'], 'kind: NetworkPolicy\n');
    assert.match(tree['clusters/prod/ns-api/kustomization.yaml']!, 'resources:\n- extra.yaml\n');
    assert.match(tree['clusters/prod/kustomization.yaml']!, '- ns-api\n');
  }),
);

test(
  'a hand-written file where one is rendered is an error that names it, and stays',
  inFolder((out) => {
    put(out, 'clusters/prod/ns-web/web-main.yaml', 'mine: true\n');
    const result = writeFleet(out, FLEET);
    const [finding] = result.diagnostics;
    assert.is(result.diagnostics.length, 1);
    assert.equal([finding!.severity, finding!.code], ['error', 'hand-written-file']);
    assert.equal([finding!.service, finding!.cluster, finding!.instance], ['web', 'prod', 'main']);
    assert.match(finding!.message, 'clusters/prod/ns-web/web-main.yaml was written by hand');
    assert.is(readFileSync(join(out, 'clusters/prod/ns-web/web-main.yaml'), 'utf8'), 'mine: true\n');
    assert.not.match(readFileSync(join(out, '.paasta-gitops/prod.json'), 'utf8'), 'web-main');
    assert.is(result.written.length, 6);
  }),
);

test(
  'an unlisted file that starts with our header is ours',
  inFolder((out) => {
    put(out, 'clusters/prod/ns-web/web-main.yaml', content('from an older run'));
    const result = writeFleet(out, FLEET, { rebuildIndex: true });
    assert.equal(result.diagnostics, []);
    assert.is(readFileSync(join(out, 'clusters/prod/ns-web/web-main.yaml'), 'utf8'), content('web main'));
  }),
);

test(
  'a hand-written kustomization.yaml stays, and a warning names what it leaves out',
  inFolder((out) => {
    put(out, 'clusters/prod/ns-web/kustomization.yaml', 'resources: [./web-main.yaml]\nnamePrefix: x-\n');
    put(out, 'clusters/prod/kustomization.yaml', 'resources:\n- ns-web/\n- _cluster\n- ns-api\n');
    const result = writeFleet(out, FLEET);
    assert.equal(
      result.diagnostics.map(({ severity, code, file }) => [severity, code, file]),
      [['warning', 'hand-written-kustomization', 'clusters/prod/ns-web/kustomization.yaml']],
    );
    assert.match(result.diagnostics[0]!.message, 'does not list web-canary.yaml');
    assert.match(readFileSync(join(out, 'clusters/prod/ns-web/kustomization.yaml'), 'utf8'), 'namePrefix: x-');
    put(out, 'clusters/prod/ns-web/kustomization.yaml', 'resources: [unclosed\n');
    assert.match(writeFleet(out, FLEET).diagnostics[0]!.message, 'does not list web-canary.yaml, web-main.yaml');
  }),
);

test(
  'a warning names what a hand-written kustomization.yaml lists that is not there',
  inFolder((out) => {
    const list = 'clusters/prod/ns-web/kustomization.yaml';
    put(out, list, 'resources: [./web-main.yaml, web-canary.yaml, ../../base, ../ns-x/, github.com/a/b, mine]\n');
    put(out, 'clusters/prod/ns-web/mine/kustomization.yaml', 'resources: []\n');
    assert.equal(writeFleet(out, FLEET).diagnostics, []);
    const { web, ...others } = FLEET['prod']!;
    const without = { ...FLEET, prod: { ...others, web: { main: web!['main']! } } };
    const [finding, ...more] = writeFleet(out, without).diagnostics;
    assert.equal(more, []);
    assert.equal(
      [finding!.severity, finding!.code, finding!.file, finding!.cluster],
      ['warning', 'hand-written-kustomization', list, 'prod'],
    );
    assert.match(finding!.message, 'it lists web-canary.yaml, which is not there');
  }),
);

test(
  'folders that became empty go, up to the output folder',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const { prod } = FLEET;
    writeFleet(out, { prod: { web: prod!['web']! }, stage: {} }, { forcePrune: true });
    const folders = Object.keys(readTree(out)).map((path) => path.split('/').slice(0, -1).join('/'));
    assert.equal(
      [...new Set(folders)],
      ['.paasta-gitops', 'clusters/prod/_cluster', 'clusters/prod', 'clusters/prod/ns-web'],
    );
  }),
);

test(
  'what a killed run left half written is removed by the next one',
  inFolder((out) => {
    writeFleet(out, FLEET);
    const before = readTree(out);
    put(out, 'clusters/prod/ns-web/.paasta-gitops-tmp-99-1', 'half');
    put(out, 'clusters/prod/.paasta-gitops-tmp-99-2', 'half');
    put(out, '.paasta-gitops/.paasta-gitops-tmp-99-3', 'half');
    writeFleet(out, FLEET);
    assert.equal(readTree(out), before);
  }),
);

test.run();
