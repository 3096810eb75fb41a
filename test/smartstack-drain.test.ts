import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { YamlMap } from '../compiler/model/yaml-value.ts';
import { compileMesh } from './support/mesh-tree.ts';

const URL = { url_format: 'http://{host}:{port}/{service}/{instance}/{nerve_ns}', success_codes: '200-399,404' };
const HTTP = { drain: URL, stop_draining: URL, is_draining: URL, is_safe_to_kill: URL };

/** Paths below drain_method_params that are reported. */
async function reported(method: string, params: YamlMap): Promise<readonly string[]> {
  const main = { drain_method: method, drain_method_params: params };
  const { diagnostics } = await compileMesh({ web: { smartstack: { main: { proxy_port: 20001 } }, main } });
  const found = diagnostics.filter(({ code }) => code === 'bad-drain-parameter');
  for (const { policy, severity } of found) assert.equal([policy, severity], [true, 'warning']);
  return found.map(({ path }) => path.slice(2).join('.')).sort();
}

test('parameters that the drain methods take are fine', async () => {
  assert.equal(await reported('hacheck', { delay: 0, expiration: 1.5, hacheck_port: 6666 }), []);
  assert.equal(await reported('http', HTTP), []);
  assert.equal(await reported('http', { ...HTTP, drain: { ...URL, success_codes: 200 } }), []);
});

test('a delay that is no number is reported', async () => {
  assert.equal(await reported('hacheck', { delay: 'soon', expiration: -1 }), ['delay', 'expiration']);
});

test('a URL with an unknown field, or codes that cannot be read, are reported', async () => {
  const drain = { url_format: 'http://{hostname}:{port}/{{literal}}', success_codes: '2xx' };
  assert.equal(await reported('http', { ...HTTP, drain }), ['drain.success_codes', 'drain.url_format']);
  assert.equal(await reported('http', { ...HTTP, drain: { success_codes: '200' } }), ['drain']);
});

test.run();
