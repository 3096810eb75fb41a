import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testCompany } from './support/delivery-company.ts';
import { tempDir } from './support/git-repository.ts';

const KUBERNETES = 'main:\n  deploy_group: prod\n  cpus: 0.1\n  mem: 256\n';

for (const mode of ['tag', 'file'] as const) {
  test(`from a commit to a manifest and back, by ${mode}s`, async () => {
    // GIVEN a service with code and configuration, and nothing deployed
    const company = testCompany(`story-${mode}`);
    const web = company.addService('web', {
      'kubernetes-eu-prod.yaml': KUBERNETES,
      'deploy.yaml': 'pipeline: [{step: prod}]\n',
    });
    company.publishConfig();
    const out = tempDir('story-out');
    const call = async (...args: readonly string[]): Promise<string> => {
      const { status, out: printed, err } = await company.call(...args);
      assert.is(status, 0, `${args.join(' ')}: ${err}`);
      return printed.trim();
    };
    const synth = async (): Promise<string> => {
      if (mode === 'tag') await call('deployments', 'generate', '--allow-file');
      else company.config.git('pull', '-q', '--ff-only', 'origin', 'main');
      await call('synth', '--out', out);
      return readFileSync(join(out, 'clusters/eu-prod/paastasvc-web/web-main.yaml'), 'utf8');
    };
    // WHEN a commit is built, marked and rendered
    const first = web.work.commit('feature one', { 'app.txt': 'one\n' });
    web.work.git('push', '-q', 'origin', 'main');
    const firstImage = await call('image', 'tag', '-s', 'web', '-c', first);
    await call('mark', '-s', 'web', '-l', 'prod', '-c', first, '--allow-file', '--mode', mode);
    const firstManifest = await synth();
    // THEN the manifest runs its image
    assert.match(firstManifest, firstImage);
    // WHEN the next commit follows
    const second = web.work.commit('feature two', { 'app.txt': 'two\n' });
    web.work.git('push', '-q', 'origin', 'main');
    const secondImage = await call('image', 'tag', '-s', 'web', '-c', second);
    await call('mark', '-s', 'web', '-l', 'prod', '-c', second.slice(0, 12), '--allow-file', '--mode', mode);
    const secondManifest = await synth();
    assert.match(secondManifest, secondImage);
    assert.not.match(secondManifest, firstImage);
    // WHEN it turns out to be bad
    await call('rollback', '-s', 'web', '-l', 'prod', '-k', first, '--allow-file');
    // THEN the manifest is again that of the first, byte for byte, and the second is known as bad
    assert.is(await synth(), firstManifest);
    const checked = await company.call('rollback', '--check', '-s', 'web', '-l', 'prod', '-k', second, '--allow-file');
    assert.is(checked.status, 1);
    // and what the rollback wrote is as validate wants it
    const { out: found } = await company.call('validate', '-o', 'json');
    assert.not.match(found, 'deployments.json');
    // WHEN the instance is stopped
    await call('stop', '-s', 'web', '-c', 'eu-prod', '-i', 'main', '--allow-file');
    // THEN its objects stay, with no replicas
    assert.match(await synth(), /^ {2}replicas: 0$/m);
  });
}

test.run();
