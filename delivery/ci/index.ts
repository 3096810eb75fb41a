import type { CiPlan } from './ci-plan.ts';
import type { CiContext, CiFile, CiTarget } from './ci-file.ts';
import { githubPipeline } from './github.ts';
import { gitlabPipeline } from './gitlab.ts';
import { jenkinsPipeline } from './jenkins.ts';
import { tektonPipeline } from './tekton.ts';

export { planCi } from './ci-plan.ts';
export { CI_MARK, ciHeader, TARGETS, type CiFile, type CiTarget } from './ci-file.ts';
export { configPipeline } from './config-pipeline.ts';

/** The pipeline file of a service's code repository. */
export function servicePipeline(target: CiTarget, plan: CiPlan, context: CiContext): CiFile {
  return RENDERERS[target](plan, context);
}

const RENDERERS: Readonly<Record<CiTarget, (plan: CiPlan, context: CiContext) => CiFile>> = {
  github: githubPipeline,
  gitlab: gitlabPipeline,
  jenkins: jenkinsPipeline,
  tekton: tektonPipeline,
};
