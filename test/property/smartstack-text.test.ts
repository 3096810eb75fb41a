import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { YamlMap } from '../../compiler/model/yaml-value.ts';
import { checkText } from '../../compiler/resolve/smartstack/check-text.ts';
import { locationsOf } from '../../compiler/resolve/smartstack/locations.ts';
import { resolveNerveServices } from '../../compiler/resolve/smartstack/nerve-services.ts';
import { nerveDocument } from '../../constructs/_nerve-document.ts';
import { runtimeJson, RuntimeText, type RuntimeJson } from '../../constructs/_runtime-json.ts';
import { evaluateErb } from '../support/erb.ts';
import { haproxyWords, logFormatText } from '../support/haproxy-words.ts';
import { hasProgram, readWithRuby } from '../support/ruby.ts';
import { skipSuite } from '../support/skip.ts';
import { smartstackSettings } from '../support/smartstack-settings.ts';
import { serviceFiles, topFile, WORLD } from '../support/synapse-files.ts';
import { haproxyConfig, type SynapseTop, type SynapseWatcher } from '../support/synapse-renderer.ts';

const SEED = { seed: 20240611, numRuns: 400 };
const ENV = { PAASTA_POD_IP: '10.0.0.5', POD_NAME: 'web-main-1', PAASTA_HOST: 'node-1' };

/** Pieces that mean something to ERB, YAML, HAProxy, a log format, a shell or a request. */
const PIECE = fc.constantFrom(
  ...['<', '<%', '<%=', '%>', '%', '%%', '%=', '<%%', '<%= ENV.fetch("HOME") %>', '#{x}', '\\u003c', '{{', '}}'],
  ...['"', "'", '\\', '\\\\', ' ', '  ', '#', '$', '${HOME}', '$(id)', '`id`', ';', '&&', '|', '-f', '--', '-i'],
  ...['%[env(HOME)]', '%[rand]', '\\r\\n', '\\x41', ': ', '- ', '? ', '!', '&a', '*a', '\u0085', '\u2028', '\ufeff'],
  ...['é', '😀', 'a', 'B', '0', '/', '^', '.', ':', ',', '@', '=', '\t', '\n', '\r', '\0', '\x1b', '\x7f', '\ud83d'],
);
const HOSTILE = fc.array(PIECE, { maxLength: 8 }).map((pieces) => pieces.join(''));
const HEADERS = fc.array(fc.tuple(fc.oneof(HOSTILE, fc.constant('X-Header')), HOSTILE), { maxLength: 3 });

/** A namespace with hostile text wherever text can stand. */
const NAMESPACE: fc.Arbitrary<YamlMap> = fc.record({
  proxy_port: fc.constant(20001),
  healthcheck_uri: fc.oneof(
    HOSTILE,
    HOSTILE.map((text) => `/${text}`),
  ),
  healthcheck_body_expect: HOSTILE,
  extra_headers: HEADERS.map((pairs) => Object.fromEntries(pairs)),
  extra_healthcheck_headers: HEADERS.map((pairs) => Object.fromEntries(pairs)),
  endpoint_timeouts: fc
    .array(
      fc.oneof(
        HOSTILE,
        HOSTILE.map((text) => `/${text}`),
        HOSTILE.map((text) => `^/${text}`),
      ),
      { maxLength: 3 },
    )
    .map((paths) => Object.fromEntries(paths.map((path) => [path, 100]))),
  chaos: HOSTILE.map((delay) => ({ region: { 'west-1': { delay } } })),
  proxied_through: HOSTILE,
  is_proxy: fc.boolean(),
});

function isRefused(keys: YamlMap): boolean {
  const input = { registration: 'web.main', path: ['main'], keys, worlds: [], isSynapseRendered: true };
  return checkText(input).some(({ severity }) => severity === 'error');
}

/** Without the keys that are refused, so that what is left is rendered. */
function withoutRefused(keys: YamlMap): YamlMap {
  const kept = Object.entries(keys).filter(([key, value]) => !isRefused({ proxy_port: 20001, [key]: value }));
  return Object.fromEntries(kept);
}

test('any text survives in keys and values, and none of it becomes a template', () => {
  const text = HOSTILE.filter((each) => !/[\ud800-\udfff]/u.test(each));
  const entries = fc.uniqueArray(fc.tuple(text, fc.array(text, { maxLength: 4 })), { selector: ([key]) => key });
  fc.assert(
    fc.property(entries, (pairs) => {
      const value: Record<string, RuntimeJson> = Object.assign(
        Object.create(null) as object,
        Object.fromEntries(pairs),
      );
      const written = runtimeJson({ text: value, ip: new RuntimeText('a', { kind: 'pod-ip' }, '<%') });
      const read = JSON.parse(evaluateErb(written, { env: ENV })) as { text: object; ip: string };
      assert.is(read.ip, 'a10.0.0.5<%');
      assert.equal(Object.entries(read.text).sort(), Object.entries(value).sort());
      assert.equal(written.match(/<[^\n]*?>/g), ["<%= ENV.fetch('PAASTA_POD_IP') %>"]);
    }),
    SEED,
  );
});

const locations = locationsOf({
  types: ['ecosystem', 'superregion', 'region', 'habitat'],
  mapping: { prod_ecosystem: { west_superregion: { 'west-1_region': {} } } },
});

test('nerve reads the texts of a namespace as they were written', () => {
  fc.assert(
    fc.property(NAMESPACE.map(withoutRefused), (keys) => {
      const services = resolveNerveServices({
        registrations: ['web.main'],
        smartstackOf: () => ({ main: { proxy_port: 20001, ...keys } }),
        port: 8888,
        weight: 10,
        settings: smartstackSettings(),
        locations,
        usesHacheckSidecar: true,
      });
      const read = JSON.parse(evaluateErb(runtimeJson(nerveDocument(services)), { env: ENV })) as {
        services: Record<string, { checks: Record<string, unknown>[] }>;
      };
      const check = Object.values(read.services)[0]!.checks[0]!;
      const identity = { 'x-smartstack-target-identity': 'web.main' };
      assert.equal(check['headers'], { ...(keys['extra_healthcheck_headers'] as object), ...identity });
      assert.is(check['expect'], keys['healthcheck_body_expect'] === '' ? undefined : keys['healthcheck_body_expect']);
      const uri = (keys['healthcheck_uri'] as string | undefined) ?? '/status';
      assert.is(check['uri'], `/http/web.main/8888/${uri.replace(/^\/+/, '')}`);
    }),
    SEED,
  );
});

function watchersOf(keys: YamlMap): Record<string, SynapseWatcher> {
  const files = serviceFiles({ web: { main: { proxy_port: 20001, ...keys } } });
  const entries = Object.entries(files).map(([name, text]) => {
    return [name, JSON.parse(evaluateErb(text, { env: ENV })) as SynapseWatcher] as const;
  });
  return Object.fromEntries(entries);
}

function wordsOf(watcher: SynapseWatcher | undefined, section: 'frontend' | 'backend', first: RegExp) {
  return (watcher!.haproxy[section] ?? []).filter((line) => first.test(line)).map(haproxyWords);
}

test('HAProxy reads the texts of a namespace as they were written, one word each', () => {
  fc.assert(
    fc.property(NAMESPACE.map(withoutRefused), (keys) => {
      const main = watchersOf(keys)['web.main'];
      const headers = Object.entries((keys['extra_headers'] ?? {}) as Record<string, string>);
      const set = wordsOf(main, 'backend', /^http-request set-header /).filter((words) => words.length === 4);
      assert.equal(
        set.map(([, , name, format]) => [name, logFormatText(format!)]),
        headers,
      );
      const uri = ((keys['healthcheck_uri'] as string | undefined) ?? '/status').replace(/^\/+/, '');
      const [check] = wordsOf(main, 'backend', /^option httpchk /);
      assert.is(check![3], `/http/web.main/0/${uri}`);
      const checks = Object.entries((keys['extra_healthcheck_headers'] ?? {}) as Record<string, string>);
      const lines = checks.map(([name, value]) => `\r\n${name}: ${value.replaceAll('%', '%%')}`);
      assert.is(check![4], checks.length === 0 ? undefined : `HTTP/1.1${lines.join('')}`);
      const matches = wordsOf(main, 'frontend', /^acl \S+_path /).map((words) => words.at(-1));
      assert.equal(matches, Object.keys((keys['endpoint_timeouts'] ?? {}) as object));
    }),
    SEED,
  );
});

test('what is not refused has no character that ends a line', () => {
  fc.assert(
    fc.property(NAMESPACE, (keys) => {
      const watchers = Object.values(watchersOf(withoutRefused(keys)));
      const lines = watchers.flatMap(({ haproxy }) => [...(haproxy.frontend ?? []), ...(haproxy.backend ?? [])]);
      for (const line of lines) assert.not.match(line, /[\x00-\x1f\x7f]/);
    }),
    SEED,
  );
});

test('text with a control character is refused in every key that reaches a line', () => {
  const control = fc.constantFrom('\n', '\r', '\0', 'a\nb', '\r\n\tacl x', '\x1b[0m');
  fc.assert(
    fc.property(control, (text) => {
      const refused: YamlMap[] = [
        { healthcheck_uri: `/${text}` },
        { extra_headers: { 'X-A': text } },
        { extra_headers: { [text]: 'a' } },
        { extra_healthcheck_headers: { 'X-A': text } },
        { extra_healthcheck_headers: { [text]: 'a' } },
        { endpoint_timeouts: { [`/${text}`]: 1 } },
        { chaos: { region: { here: { delay: `1s${text}` } } } },
        { proxied_through: `web.${text}` },
      ];
      for (const keys of refused) assert.ok(isRefused(keys), JSON.stringify(keys));
    }),
    SEED,
  );
});

if (!hasProgram('ruby')) skipSuite('hostile text with Ruby', 'ruby is not installed');
else {
  test("Ruby's ERB and YAML read hostile files as they were meant", () => {
    const samples = fc.sample(NAMESPACE.map(withoutRefused), { seed: SEED.seed, numRuns: 150 });
    const texts = samples.flatMap((keys) =>
      Object.values(serviceFiles({ web: { main: { proxy_port: 20001, ...keys } } })),
    );
    assert.equal(
      readWithRuby(texts, ENV),
      texts.map((text) => JSON.parse(evaluateErb(text, { env: ENV })) as unknown),
    );
  });
}

if (!hasProgram('haproxy')) skipSuite('hostile text with HAProxy', 'haproxy is not installed');
else {
  test('HAProxy accepts a configuration full of hostile text', () => {
    const samples = fc.sample(NAMESPACE.map(withoutRefused), { seed: SEED.seed + 1, numRuns: 300 });
    const namespaces = samples.map((keys, index) => [`n${index}`, { ...keys, proxy_port: 20001 + index }] as const);
    const world = { ...WORLD, canProxy: () => false };
    const read = (text: string): unknown => JSON.parse(evaluateErb(text, { env: ENV }));
    const files = Object.entries(serviceFiles({ web: Object.fromEntries(namespaces) }, world));
    const watchers = Object.fromEntries(files.map(([name, text]) => [name, read(text) as SynapseWatcher]));
    const { text } = haproxyConfig(read(topFile()) as SynapseTop, watchers, []);
    const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    writeFileSync(join(folder, 'haproxy.cfg'), text);
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', join(folder, 'haproxy.cfg')], { encoding: 'utf8' });
    rmSync(folder, { recursive: true, force: true });
    assert.is(status, 0, stderr);
  });
}

test('no hostile line is dropped by synapse', () => {
  const top: SynapseTop = {
    haproxy: { bind_address: '0.0.0.0', use_nerve_weights: true, global: [], defaults: [], extra_sections: {} },
  };
  fc.assert(
    fc.property(NAMESPACE.map(withoutRefused), (keys) => {
      assert.equal(haproxyConfig(top, watchersOf(keys), []).dropped, []);
    }),
    SEED,
  );
});

test.run();
