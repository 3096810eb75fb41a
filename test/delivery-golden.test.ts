import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createForeignCache, listServices, loadService, loadSystemConfig } from '../compiler/load/index.ts';
import { deployInstances } from '../delivery/deploy-branches.ts';
import { EMPTY_DEPLOYMENTS } from '../delivery/deployments-document.ts';
import { deploymentsFromRefs } from '../delivery/deployments-from-refs.ts';
import { deploymentsText } from '../delivery/deployments-text.ts';
import { deployGroups } from '../delivery/pipeline/pipeline.ts';
import { pipelineOf } from '../delivery/pipeline/read-pipeline.ts';
import { gitUrlOf } from '../delivery/service-facts.ts';

const GOLDEN = fileURLToPath(new URL('golden/paasta/', import.meta.url));
const soa = createDiskReader(`${GOLDEN}soa-configs`);
const system = loadSystemConfig(createDiskReader(`${GOLDEN}etc-paasta`));
const options = {
  clusters: new Set(system.universe),
  customPrefixes: new Set<string>(),
  foreign: createForeignCache(),
};
const { services } = listServices(soa);

function golden(path: string): unknown {
  return JSON.parse(readFileSync(`${GOLDEN}${path}`, 'utf8'));
}

test('the fixture company has 18 services', () => assert.is(services.length, 18));

for (const service of services) {
  const sources = loadService(soa, service, options);

  test(`deployments.json of ${service} is the one that PaaSTA makes of the same refs`, () => {
    const { git_url: url, refs } = golden(`git-refs/${service}.json`) as {
      git_url: string | null;
      refs: Record<string, string>;
    };
    const { instances, errors } = deployInstances(sources);
    assert.equal(errors, []);
    const list = Object.entries(refs).map(([name, sha]) => ({ name, sha }));
    const document = url === null ? EMPTY_DEPLOYMENTS : deploymentsFromRefs(service, instances, list).document;
    assert.equal(JSON.parse(deploymentsText(document, 'paasta')), golden(`expected/deployments/${service}.json`));
    assert.is(
      deploymentsText(document, 'pretty'),
      readFileSync(`${GOLDEN}soa-configs/${service}/deployments.json`, 'utf8'),
    );
  });

  test(`the pipeline of ${service} has the deploy groups that PaaSTA reads`, () => {
    const { pipeline, problems } = pipelineOf(sources);
    assert.equal(problems, []);
    assert.equal(
      {
        deploy_groups: deployGroups(pipeline),
        git_url: gitUrlOf(service, sources.serviceYaml),
        production_deploy_group: pipeline.productionDeployGroup,
      },
      golden(`expected/pipelines/${service}.json`),
    );
  });
}

test.run();
