import { IMAGE_VERSION_TITLE, type CiCommand, type CiJob, type CiPlan } from './ci-plan.ts';
import type { CiContext, CiFile } from './ci-file.ts';

/**
 * A declarative Jenkinsfile: stages in sequence, `parallel` for jobs side by side, `input` for gates, `lock` so that one deploy
 * of a service and group runs at a time, and milestones so that a newer build that went ahead cancels an older waiting one (not
 * between stages side by side: milestones have an order).
 * Needs the plugins Pipeline, Lockable Resources and Pipeline Milestone.
 */
export function jenkinsPipeline(plan: CiPlan, context: CiContext): CiFile {
  const stages = groupByStage(plan.jobs).flatMap((jobs) =>
    jobs.length === 1 ? stageOf(plan, jobs[0]!, context, true) : parallelStage(plan, jobs, context),
  );
  const lines = [
    ...context.header.map((line) => `// ${line}`),
    'pipeline {',
    '  agent none',
    '  options { skipDefaultCheckout() }',
    ...(plan.isRedeployed ? ["  triggers { cron('H 4 * * 1') }"] : []),
    "  environment { PAASTA_GITOPS_CONFIG = '.paasta-config/paasta-gitops.yaml' }",
    '  stages {',
    ...stages.map((line) => `    ${line}`),
    '  }',
    '}',
    '',
  ];
  return { path: 'Jenkinsfile', content: lines.join('\n') };
}

function groupByStage(jobs: readonly CiJob[]): readonly (readonly CiJob[])[] {
  const groups = new Map<number, CiJob[]>();
  for (const job of jobs) groups.set(job.stage, [...(groups.get(job.stage) ?? []), job]);
  return [...groups.values()];
}

function parallelStage(plan: CiPlan, jobs: readonly CiJob[], context: CiContext): readonly string[] {
  const title = jobs.map(({ id }) => id).join(', ');
  return [
    `stage(${groovy(title)}) {`,
    '  parallel {',
    ...jobs.flatMap((job) => stageOf(plan, job, context, false)).map((line) => `    ${line}`),
    '  }',
    '}',
  ];
}

function stageOf(plan: CiPlan, job: CiJob, context: CiContext, isAlone: boolean): readonly string[] {
  if (job.kind === 'gate') {
    return [
      `stage(${groovy(job.title)}) {`,
      '  steps {',
      `    input message: ${groovy(`${job.title}?`)}`,
      `    milestone ${job.stage}`,
      '  }',
      '}',
    ];
  }
  const overtaken = isAlone && job.stage > 0 ? [`milestone ${job.stage}`] : [];
  const commands = job.commands.flatMap(commandLines);
  const body = job.isFailureIgnored
    ? ["catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') {", ...commands.map((line) => `  ${line}`), '}']
    : commands;
  return [
    `stage(${groovy(job.title)}) {`,
    "  agent { label 'paasta' }",
    '  options {',
    ...options(plan, job).map((line) => `    ${line}`),
    '  }',
    '  steps {',
    ...[...overtaken, ...preparation(job, context), ...body].map((line) => `    ${line}`),
    '  }',
    '}',
  ];
}

function options(plan: CiPlan, job: CiJob): readonly string[] {
  const timeout = `timeout(time: ${job.timeoutMinutes}, unit: 'MINUTES')`;
  if (job.group === null) return [timeout];
  return [`lock(resource: ${groovy(`${plan.service}-${job.group}`)}, inversePrecedence: true)`, timeout];
}

function preparation(job: CiJob, { version }: CiContext): readonly string[] {
  const checkout =
    job.id === 'build'
      ? ['checkout scm', "script { env.COMMIT = sh(script: 'git rev-parse HEAD', returnStdout: true).trim() }"]
      : [];
  const code =
    job.kind !== 'deploy' && job.id !== 'build' ? ['checkout scm', 'sh \'git checkout --quiet "$COMMIT"\''] : [];
  return [
    ...checkout,
    ...code,
    'sh \'rm -rf .paasta-config && git clone --quiet --depth 1 "$PAASTA_CONFIG_REPOSITORY" .paasta-config\'',
    `sh 'npm install --global paasta-gitops@${version}'`,
  ];
}

function commandLines({ title, shell, isFailureIgnored }: CiCommand): readonly string[] {
  if (title === IMAGE_VERSION_TITLE) {
    const script = shell.replace(/^IMAGE_VERSION="\$\((.*)\)"$/, '$1');
    return [`script { env.IMAGE_VERSION = sh(script: ${groovy(script)}, returnStdout: true).trim() }`];
  }
  const line = `sh label: ${groovy(title)}, script: ${groovy(shell)}`;
  return isFailureIgnored ? [`catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') { ${line} }`] : [line];
}

/** A Groovy string that is only text: single quotes know no interpolation. */
function groovy(text: string): string {
  const body = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `'${body}'`;
}
