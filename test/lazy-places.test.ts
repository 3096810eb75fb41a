/** Looking for the places of values costs as much as reading them: a run without findings must not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlaceRecorder } from '../compiler/load/yaml/places.ts';
import { deploymentsJson } from './support/sources.ts';
import { findingsOfShop } from './support/validate.ts';

let recorded = 0;
const scalar = PlaceRecorder.prototype.scalar;
PlaceRecorder.prototype.scalar = function (this: PlaceRecorder, ...args: Parameters<typeof scalar>): void {
  recorded++;
  scalar.apply(this, args);
};

const FILE = 'shop/kubernetes-norcal-prod.yaml';
const FILES = {
  [FILE]: `
_base: &base
  deploy_group: prod
  mem: 512
  env: {LEVEL: info}
main:
  <<: *base
  min_instances: 2
  max_instances: 9
  autoscaling: {metrics_providers: [{type: uwsgi, setpoint: 0.8}]}
worker:
  <<: *base
  instances: 2
  registrations: [shop.main]
`,
  'shop/smartstack.yaml': `
main: {proxy_port: 20001, advertise: [region], discover: region}
api: {proxy_port: 20002, proxied_through: shop.main}
main.proxy: {proxy_port: 20003, is_proxy: true}
`,
  'shop/deployments.json': deploymentsJson('shop', ['prod']),
};

test('a tree without findings is read without looking for places', async () => {
  recorded = 0;
  assert.equal(await findingsOfShop(FILES, { notes: true }), []);
  assert.is(recorded, 0);
});

test('a finding has its place looked up', async () => {
  recorded = 0;
  const found = await findingsOfShop({ ...FILES, [FILE]: FILES[FILE]!.replace('mem: 512', 'mem: 16') });
  assert.equal(found, [`policy ${FILE}:4:8 bad-value`]);
  assert.ok(recorded > 0);
});

test('a place in a plain file is found on the short way too, whatever stands around it', async () => {
  const odd = {
    ...FILES,
    [FILE]: FILES[FILE]!.replace('mem: 512', 'mem: 16 # a comment').replace('worker:', '"worker" :'),
  };
  assert.equal(await findingsOfShop(odd), [`policy ${FILE}:4:8 bad-value`]);
  const whole = { ...odd, [FILE]: odd[FILE].replace('LEVEL: info', 'LEVEL: "\u00efnfo"') };
  assert.equal(await findingsOfShop(whole), [`policy ${FILE}:4:8 bad-value`]);
});

test.run();
