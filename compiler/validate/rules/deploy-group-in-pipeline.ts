import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';

/** The deploy group of an instance is one that the pipeline deploys. PaaSTA: `validate_paasta_objects`. */
export const deployGroupInPipeline: InstanceRule = (view) => {
  const { deployGroup, keys } = view.workload;
  const { pipeline } = view.service;
  if (deployGroup === null || pipeline.some(({ name }) => name === deployGroup)) return [];
  const groups = pipeline.map(({ name }) => name);
  const isSet = keys.get('deploy_group') !== undefined;
  const none = groups.length === 0 ? 'deploy.yaml has no deploy groups' : undefined;
  const hint = none ?? didYouMean(deployGroup, groups).hint ?? `groups of the pipeline: ${groups.join(', ')}`;
  const message = isSet
    ? `deploy_group ${JSON.stringify(deployGroup)} is no step of the pipeline, so no version reaches it`
    : `the default deploy group ${JSON.stringify(deployGroup)} is no step of the pipeline: set deploy_group`;
  return [
    aboutKey(view, isSet ? ['deploy_group'] : [], { class: 'policy', code: 'unknown-deploy-group', message, hint }),
  ];
};
