import { IMAGE_VERSION_TITLE, type CiCommand, type CiJob, type CiPlan } from './ci-plan.ts';
import { yamlFile, type CiContext, type CiFile } from './ci-file.ts';

const CONFIG_DIR = '.paasta-config';
const PROJECT_FILE = `${CONFIG_DIR}/paasta-gitops.yaml`;

type Step = Readonly<Record<string, unknown>>;

/**
 * GitHub Actions: a job for each job of the plan, `needs` for their order, a job in an environment with required reviewers for
 * each gate, and one concurrency group for each service and group, where a newer commit takes the place of a waiting one.
 */
export function githubPipeline(plan: CiPlan, context: CiContext): CiFile {
  const workflow = {
    name: `paasta ${plan.service}`,
    on: {
      push: { branches: [context.branch] },
      ...(plan.isRedeployed ? { schedule: [{ cron: '17 4 * * 1' }] } : {}),
      workflow_dispatch: {},
    },
    permissions: { contents: 'read', 'id-token': 'write' },
    env: { COMMIT: '${{ github.sha }}', PAASTA_GITOPS_CONFIG: PROJECT_FILE },
    jobs: Object.fromEntries(plan.jobs.map((job) => [job.id, jobOf(plan, job, context)])),
  };
  return { path: `.github/workflows/paasta-${plan.service}.yml`, content: yamlFile(context.header, workflow) };
}

function jobOf(plan: CiPlan, job: CiJob, context: CiContext): object {
  const needs = plan.isRedeployed && job.needs.length > 0 ? [...new Set(['build', ...job.needs])] : job.needs;
  const common = {
    name: literal(job.title),
    ...(needs.length === 0 ? {} : { needs }),
    'runs-on': RUNNER,
    'timeout-minutes': job.timeoutMinutes,
  };
  if (job.kind === 'gate') {
    return { ...common, environment: `${plan.service}-${job.id}`, steps: [{ run: 'true' }] };
  }
  const version =
    plan.isRedeployed && job.id !== 'build'
      ? { env: { IMAGE_VERSION: '${{ needs.build.outputs.image_version }}' } }
      : {};
  const outputs =
    plan.isRedeployed && job.id === 'build'
      ? { outputs: { image_version: '${{ steps.image-version.outputs.value }}' } }
      : {};
  return {
    ...common,
    ...(job.isFailureIgnored ? { 'continue-on-error': true } : {}),
    ...(job.group === null
      ? {}
      : { concurrency: { group: `deploy-${plan.service}-${job.group}`, 'cancel-in-progress': false } }),
    ...outputs,
    ...version,
    steps: [...preparation(job, context), ...job.commands.map(stepOf)],
  };
}

const RUNNER = "${{ vars.PAASTA_RUNNER || 'ubuntu-latest' }}";

function preparation(job: CiJob, { version }: CiContext): readonly Step[] {
  const code = job.kind === 'deploy' ? [] : [{ uses: 'actions/checkout@v4' }];
  const login = job.kind === 'command' ? [] : [registryLogin()];
  const key = job.kind === 'deploy' ? [deployKey()] : [];
  return [
    ...code,
    {
      name: 'soa-configs',
      uses: 'actions/checkout@v4',
      with: {
        repository: '${{ vars.PAASTA_CONFIG_REPOSITORY }}',
        'ssh-key': '${{ secrets.PAASTA_CONFIG_KEY }}',
        path: CONFIG_DIR,
      },
    },
    { uses: 'actions/setup-node@v4', with: { 'node-version': 20 } },
    { run: `npm install --global paasta-gitops@${version}` },
    ...login,
    ...key,
  ];
}

function registryLogin(): Step {
  return {
    name: 'log in to the registry',
    if: "${{ vars.PAASTA_REGISTRY != '' }}",
    run: 'printf %s "$REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USER" --password-stdin "$REGISTRY"',
    env: {
      REGISTRY: '${{ vars.PAASTA_REGISTRY }}',
      REGISTRY_USER: '${{ vars.PAASTA_REGISTRY_USER }}',
      REGISTRY_PASSWORD: '${{ secrets.PAASTA_REGISTRY_PASSWORD }}',
    },
  };
}

function deployKey(): Step {
  return {
    name: 'deploy key',
    run: [
      'install -m 600 /dev/null "$RUNNER_TEMP/paasta-deploy-key"',
      'printf \'%s\\n\' "$DEPLOY_KEY" > "$RUNNER_TEMP/paasta-deploy-key"',
      'echo "GIT_SSH_COMMAND=ssh -i $RUNNER_TEMP/paasta-deploy-key -o IdentitiesOnly=yes" >> "$GITHUB_ENV"',
      '',
    ].join('\n'),
    env: { DEPLOY_KEY: '${{ secrets.PAASTA_DEPLOY_KEY }}' },
  };
}

function stepOf(command: CiCommand): Step {
  const ignored = command.isFailureIgnored ? { 'continue-on-error': true } : {};
  const run = literal(command.shell);
  if (command.title !== IMAGE_VERSION_TITLE) return { name: literal(command.title), ...ignored, run };
  const keep =
    'echo "IMAGE_VERSION=$IMAGE_VERSION" >> "$GITHUB_ENV"\necho "value=$IMAGE_VERSION" >> "$GITHUB_OUTPUT"\n';
  return { name: command.title, id: 'image-version', run: `${run}\n${keep}` };
}

/** Commands are shell, never expressions of the workflow. */
function literal(shell: string): string {
  return shell.replaceAll('${{', "${{ '${{' }}");
}
