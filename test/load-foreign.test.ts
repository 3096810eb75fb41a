import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createForeignCache } from '../compiler/load/index.ts';
import { isMap } from '../compiler/model/yaml-value.ts';
import { loadTree } from './support/load-service.ts';
import { memoryReader } from './support/memory-reader.ts';

test('smartstack.yaml of every service that a registration or a proxy names is read', () => {
  const { foreignSmartstack, diagnostics } = loadTree({
    'web/eks-prod.yaml':
      '_t: &t {registrations: [merged.main]}\na: {<<: *t}\nb: {registrations: [own.main, web.main, "no/thing.x"]}\n',
    'web/kubernetes-dev.yaml': 'c: {registrations: [absent.main, 5]}\n',
    'web/service.yaml': 'registrations: [general.main]\n',
    'web/smartstack.yaml': 'main: {proxied_through: proxy.main, clb_proxy: clb.main}\n',
    'web/adhoc-prod.yaml': 'd: {registrations: [adhoc.main]}\n',
    'own/smartstack.yaml': 'main: {proxy_port: 20001}\n',
    'merged/smartstack.yaml': 'main: {proxy_port: 20002}\n',
    'proxy/smartstack.yaml': '[broken',
  });
  assert.equal(
    Object.entries(foreignSmartstack).map(([name, file]) => [name, file.kind]),
    [
      ['absent', 'absent'],
      ['clb', 'absent'],
      ['general', 'absent'],
      ['merged', 'read'],
      ['own', 'read'],
      ['proxy', 'broken'],
    ],
  );
  assert.equal(diagnostics, [], 'the other service reports its own file');
});

test('equal content is parsed once, and every reader sees that the file was read', () => {
  const cache = createForeignCache();
  const first = memoryReader({ 'own/smartstack.yaml': 'main: {proxy_port: 20001}\n' });
  const second = memoryReader({ 'own/smartstack.yaml': 'main: {proxy_port: 20001}\n' });
  assert.is(cache.get(first, 'own'), cache.get(second, 'own'));
  assert.equal(first.reads, ['own/smartstack.yaml']);
  assert.equal(second.reads, ['own/smartstack.yaml']);
});

test('changed content is parsed again', () => {
  const cache = createForeignCache();
  cache.get(memoryReader({ 'own/smartstack.yaml': 'main: {}\n' }), 'own');
  const file = cache.get(memoryReader({ 'own/smartstack.yaml': 'other: {}\n' }), 'own');
  assert.ok(file.kind === 'read' && isMap(file.document.value) && 'other' in file.document.value);
});

test('the memory is bounded: what was unused for longest goes first', () => {
  const cache = createForeignCache(2);
  const reader = memoryReader({
    'a/smartstack.yaml': 'm: {}\n',
    'b/smartstack.yaml': 'm: {}\n',
    'c/smartstack.yaml': 'm: {}\n',
  });
  const a = cache.get(reader, 'a');
  const b = cache.get(reader, 'b');
  assert.is(cache.get(reader, 'a'), a);
  cache.get(reader, 'c');
  assert.is(cache.get(reader, 'a'), a, 'used last');
  assert.is.not(cache.get(reader, 'b'), b, 'forgotten');
});

test.run();
