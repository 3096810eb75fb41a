import { sanitise } from '../../compiler/model/names.ts';
import { IMAGE_VERSION_TITLE, UniqueIds, type CiJob, type CiPlan } from './ci-plan.ts';
import { goDuration, yamlFile, type CiContext, type CiFile } from './ci-file.ts';

const WORKSPACES = [
  { name: 'code', description: 'the code at the revision to build' },
  { name: 'config', description: 'the configuration repository' },
  { name: 'ssh', description: 'ssh key for the code repository' },
  { name: 'docker', description: 'docker credentials and client configuration' },
];

/**
 * Tekton: a Pipeline whose tasks follow each other by `runAfter`. A gate ends a Pipeline and the next one, with the next
 * number, is started by a person. Tekton has no lock: let one trigger start the runs of a service one after another.
 */
export function tektonPipeline(plan: CiPlan, context: CiContext): CiFile {
  const ids = new UniqueIds();
  const names = new Map(plan.jobs.map((job) => [job.id, ids.take(dnsLabel(job.id))]));
  const jobs = plan.jobs.map((job) => ({
    ...job,
    id: names.get(job.id)!,
    needs: job.needs.map((id) => names.get(id)!),
  }));
  const pipelines = segments(jobs).map((segment, index) => pipelineOf(plan, segment, index + 1, context));
  return { path: `.tekton/paasta-${plan.service}.yaml`, content: yamlFile(context.header, ...pipelines) };
}

/** The jobs between gates. */
function segments(jobs: readonly CiJob[]): readonly (readonly CiJob[])[] {
  const found: CiJob[][] = [[]];
  for (const job of jobs) {
    if (job.kind === 'gate') found.push([]);
    else found.at(-1)!.push(job);
  }
  return found.filter((segment) => segment.length > 0);
}

function pipelineOf(plan: CiPlan, jobs: readonly CiJob[], number: number, context: CiContext): object {
  const ids = new Set(jobs.map(({ id }) => id));
  return {
    apiVersion: 'tekton.dev/v1',
    kind: 'Pipeline',
    metadata: { name: `${dnsLabel(`paasta-${plan.service}`)}-${number}` },
    spec: {
      params: [
        { name: 'revision', type: 'string', description: 'full commit id to build and deploy' },
        {
          name: 'builder-image',
          type: 'string',
          default: 'docker:cli',
          description: 'image with docker, make and node',
        },
        ...(plan.isRedeployed
          ? [{ name: 'image-version', type: 'string', default: '', description: 'empty: chosen by the build' }]
          : []),
      ],
      workspaces: WORKSPACES,
      tasks: jobs.map((job) => taskOf(plan, job, ids, context)),
    },
  };
}

function taskOf(plan: CiPlan, job: CiJob, ids: ReadonlySet<string>, context: CiContext): object {
  const after = job.needs.filter((id) => ids.has(id));
  const readsBuild = plan.isRedeployed && job.id !== 'build' && ids.has('build');
  const version = readsBuild ? `$(tasks.build.results.image-version)` : '$(params.image-version)';
  return {
    name: job.id,
    displayName: job.title,
    ...(after.length === 0 ? {} : { runAfter: after }),
    ...(job.isFailureIgnored ? { onError: 'continue' } : {}),
    timeout: goDuration(job.timeoutMinutes),
    workspaces: WORKSPACES.map(({ name }) => ({ name, workspace: name })),
    params: [
      { name: 'revision', value: '$(params.revision)' },
      { name: 'builder-image', value: '$(params.builder-image)' },
      ...(plan.isRedeployed ? [{ name: 'image-version', value: version }] : []),
    ],
    taskSpec: taskSpec(plan, job, context),
  };
}

function taskSpec(plan: CiPlan, job: CiJob, { version }: CiContext): object {
  const makesVersion = plan.isRedeployed && job.id === 'build';
  const env = [
    { name: 'COMMIT', value: '$(params.revision)' },
    { name: 'PAASTA_GITOPS_CONFIG', value: '$(workspaces.config.path)/paasta-gitops.yaml' },
    { name: 'DOCKER_CONFIG', value: '$(workspaces.docker.path)' },
    { name: 'GIT_SSH_COMMAND', value: 'ssh -i $(workspaces.ssh.path)/ssh-privatekey -o IdentitiesOnly=yes' },
    ...(plan.isRedeployed ? [{ name: 'IMAGE_VERSION', value: '$(params.image-version)' }] : []),
  ];
  const lines = job.commands.map(({ title, shell, isFailureIgnored }) => {
    if (title === IMAGE_VERSION_TITLE)
      return `[ -n "$IMAGE_VERSION" ] || ${shell}\nprintf %s "$IMAGE_VERSION" > "$(results.image-version.path)"`;
    return isFailureIgnored ? `(${shell}\n) || echo 'this failure is ignored'` : shell;
  });
  const script = ['#!/bin/sh', 'set -eu', `npm install --global paasta-gitops@${version}`, ...lines, ''].join('\n');
  return {
    params: [
      { name: 'revision', type: 'string' },
      { name: 'builder-image', type: 'string' },
      ...(plan.isRedeployed ? [{ name: 'image-version', type: 'string' }] : []),
    ],
    workspaces: WORKSPACES.map(({ name }) => ({ name })),
    ...(makesVersion ? { results: [{ name: 'image-version', type: 'string' }] } : {}),
    steps: [{ name: 'run', image: '$(params.builder-image)', workingDir: '$(workspaces.code.path)', env, script }],
  };
}

/** Names of tasks are DNS labels; room is left for a number. */
function dnsLabel(id: string): string {
  return sanitise(id)
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 58)
    .replace(/^-+|-+$/g, '');
}
