import type { CiCommand, CiJob, CiPlan } from './ci-plan.ts';
import { yamlFile, type CiContext, type CiFile } from './ci-file.ts';

/**
 * GitLab CI: stages and `needs`, a manual job that may not fail for each gate, `resource_group` so that one deploy of a service
 * and group runs at a time. Deploys are never interrupted; set the resource groups to `newest_first` to skip waiting ones.
 */
export function gitlabPipeline(plan: CiPlan, context: CiContext): CiFile {
  const stages = [...new Set(plan.jobs.map(stageOf))];
  const document = {
    workflow: {
      auto_cancel: { on_new_commit: 'interruptible' },
      rules: [{ if: `$CI_COMMIT_BRANCH == ${JSON.stringify(context.branch)}` }],
    },
    stages,
    variables: {
      COMMIT: '$CI_COMMIT_SHA',
      PAASTA_GITOPS_CONFIG: '.paasta-config/paasta-gitops.yaml',
    },
    '.paasta': {
      before_script: [
        'git clone --quiet --depth 1 "$PAASTA_CONFIG_REPOSITORY" .paasta-config',
        `npm install --global paasta-gitops@${context.version}`,
      ],
    },
    ...Object.fromEntries(plan.jobs.map((job) => [job.id, jobOf(plan, job)])),
  };
  return { path: '.gitlab-ci.yml', content: yamlFile(context.header, document) };
}

function stageOf(job: CiJob): string {
  return job.stage === 0 ? 'build' : `stage-${job.stage}`;
}

function jobOf(plan: CiPlan, job: CiJob): object {
  const needs = plan.isRedeployed && job.needs.length > 0 ? [...new Set(['build', ...job.needs])] : job.needs;
  const order = { stage: stageOf(job), needs: needs.map((job) => ({ job, artifacts: job === 'build' })) };
  if (job.kind === 'gate') {
    return { ...order, variables: { GIT_STRATEGY: 'none' }, when: 'manual', allow_failure: false, script: ['true'] };
  }
  const keepsVersion = plan.isRedeployed && job.id === 'build';
  const script = job.commands.flatMap(linesOf);
  return {
    extends: '.paasta',
    ...order,
    ...(job.isFailureIgnored ? { allow_failure: true } : {}),
    ...(job.group === null
      ? { interruptible: true }
      : { interruptible: false, resource_group: `${plan.service}-${job.group}` }),
    timeout: `${job.timeoutMinutes} minutes`,
    script: keepsVersion ? [...script, 'echo "IMAGE_VERSION=$IMAGE_VERSION" > paasta.env'] : script,
    ...(keepsVersion ? { artifacts: { reports: { dotenv: 'paasta.env' } } } : {}),
  };
}

function linesOf(command: CiCommand): readonly string[] {
  return [command.isFailureIgnored ? `(${command.shell}\n) || echo 'this failure is ignored'` : command.shell];
}
