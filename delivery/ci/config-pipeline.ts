import { goDuration, yamlFile, type CiContext, type CiFile, type CiTarget } from './ci-file.ts';

const TIMER = '*/5 * * * *';
const REVIEW = 'paasta-gitops review --base "$BASE" --head HEAD --format markdown';
/** One commit for each service whose tags say something new, and for each file with bounds whose time is over. */
const GENERATE = ['paasta-gitops deployments generate --commit', 'paasta-gitops scale --revert-expired'];
const PUBLISH = 'paasta-gitops publish';

/**
 * The pipeline of the configuration repository: on pull requests `validate` with annotations and the review of what would be
 * rendered; on merge `publish`, which synthesizes and commits the manifests; on a timer `deployments generate` and `scale --revert-expired`.
 * Nothing here touches a cluster.
 */
export function configPipeline(target: CiTarget, context: CiContext): CiFile {
  return RENDERERS[target](context);
}

const RENDERERS: Readonly<Record<CiTarget, (context: CiContext) => CiFile>> = {
  github,
  gitlab,
  jenkins,
  tekton,
};

function github({ header, branch, version }: CiContext): CiFile {
  const prepare = [
    { uses: 'actions/checkout@v4', with: { 'fetch-depth': 0 } },
    { uses: 'actions/setup-node@v4', with: { 'node-version': 20 } },
    { run: `npm install --global paasta-gitops@${version}` },
  ];
  const job = (when: string, more: object, steps: readonly object[]): object => ({
    if: when,
    'runs-on': "${{ vars.PAASTA_RUNNER || 'ubuntu-latest' }}",
    'timeout-minutes': 30,
    ...more,
    steps: [...prepare, ...steps],
  });
  const isMain = `github.event_name != 'pull_request' && github.ref == 'refs/heads/${branch}'`;
  const workflow = {
    name: 'paasta configuration',
    on: {
      pull_request: {},
      push: { branches: [branch] },
      schedule: [{ cron: TIMER }],
      workflow_dispatch: {},
    },
    permissions: { contents: 'read' },
    jobs: {
      validate: job(
        "github.event_name == 'pull_request'",
        { permissions: { contents: 'read', 'pull-requests': 'write' } },
        [
          { name: 'validate', run: 'paasta-gitops validate --format github' },
          {
            name: 'review',
            env: { BASE: '${{ github.event.pull_request.base.sha }}' },
            run: `${REVIEW} > review.md\ncat review.md >> "$GITHUB_STEP_SUMMARY"\n`,
          },
          {
            name: 'comment',
            if: 'github.event.pull_request.head.repo.full_name == github.repository',
            env: { GH_TOKEN: '${{ github.token }}', NUMBER: '${{ github.event.pull_request.number }}' },
            run: 'gh pr comment "$NUMBER" --body-file review.md --edit-last --create-if-none',
          },
        ],
      ),
      publish: job(
        `github.event_name == 'push' && ${isMain}`,
        { permissions: { contents: 'write' }, concurrency: lock('publish') },
        [{ name: 'publish', run: PUBLISH }],
      ),
      generate: job(
        `github.event_name != 'push' && ${isMain}`,
        { permissions: { contents: 'write' }, concurrency: lock('generate') },
        [{ name: 'generate', run: `${GENERATE.join('\n')}\n` }],
      ),
    },
  };
  return { path: '.github/workflows/paasta-config.yml', content: yamlFile(header, workflow) };
}

function lock(name: string): object {
  return { group: `paasta-${name}`, 'cancel-in-progress': false };
}

function gitlab({ header, branch, version }: CiContext): CiFile {
  const isMain = `$CI_COMMIT_BRANCH == ${JSON.stringify(branch)}`;
  const document = {
    stages: ['validate', 'publish', 'generate'],
    default: { before_script: [`npm install --global paasta-gitops@${version}`] },
    validate: {
      stage: 'validate',
      rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }],
      variables: { BASE: '$CI_MERGE_REQUEST_DIFF_BASE_SHA', GIT_DEPTH: 0 },
      script: ['paasta-gitops validate --format gitlab > gl-code-quality-report.json', `${REVIEW} > review.md`],
      artifacts: { when: 'always', paths: ['review.md'], reports: { codequality: 'gl-code-quality-report.json' } },
    },
    publish: {
      stage: 'publish',
      rules: [{ if: `$CI_PIPELINE_SOURCE == "push" && ${isMain}` }],
      resource_group: 'paasta-publish',
      variables: { GIT_DEPTH: 0 },
      script: [PUBLISH],
    },
    generate: {
      stage: 'generate',
      rules: [{ if: `$CI_PIPELINE_SOURCE == "schedule" && ${isMain}` }],
      resource_group: 'paasta-generate',
      script: GENERATE,
    },
  };
  return { path: '.gitlab-ci.yml', content: yamlFile(header, document) };
}

function jenkins({ header, branch, version }: CiContext): CiFile {
  const stage = (title: string, when: string, commands: readonly string[]): readonly string[] => [
    `    stage('${title}') {`,
    `      when { ${when} }`,
    '      steps {',
    `        sh 'npm install --global paasta-gitops@${version}'`,
    ...commands.map((command) => `        sh '${command}'`),
    '      }',
    '    }',
  ];
  const lines = [
    ...header.map((line) => `// ${line}`),
    'pipeline {',
    "  agent { label 'paasta' }",
    '  options { disableConcurrentBuilds() }',
    `  triggers { cron(env.BRANCH_NAME == '${branch}' ? 'H/5 * * * *' : '') }`,
    '  stages {',
    ...stage('validate', 'changeRequest()', [
      'paasta-gitops validate --format junit > validate.xml',
      `BASE="origin/$CHANGE_TARGET" && ${REVIEW} > review.md`,
    ]),
    ...stage('publish', `branch '${branch}'; not { triggeredBy 'TimerTrigger' }`, [PUBLISH]),
    ...stage('generate', `branch '${branch}'; triggeredBy 'TimerTrigger'`, GENERATE),
    '  }',
    '  post {',
    "    always { junit allowEmptyResults: true, testResults: 'validate.xml'; archiveArtifacts allowEmptyArchive: true, artifacts: 'review.md' }",
    '  }',
    '}',
    '',
  ];
  return { path: 'Jenkinsfile', content: lines.join('\n') };
}

function tekton({ header, version }: CiContext): CiFile {
  const pipeline = (name: string, params: readonly object[], commands: readonly string[]): object => ({
    apiVersion: 'tekton.dev/v1',
    kind: 'Pipeline',
    metadata: { name: `paasta-config-${name}` },
    spec: {
      params,
      workspaces: [{ name: 'config', description: 'the configuration repository' }],
      tasks: [
        {
          name,
          timeout: goDuration(30),
          workspaces: [{ name: 'config', workspace: 'config' }],
          ...(params.length === 0 ? {} : { params: [{ name: 'base', value: '$(params.base)' }] }),
          taskSpec: {
            ...(params.length === 0 ? {} : { params: [{ name: 'base', type: 'string' }] }),
            workspaces: [{ name: 'config' }],
            steps: [
              {
                name: 'run',
                image: 'node:20',
                workingDir: '$(workspaces.config.path)',
                ...(params.length === 0 ? {} : { env: [{ name: 'BASE', value: '$(params.base)' }] }),
                script: ['#!/bin/sh', 'set -eu', `npm install --global paasta-gitops@${version}`, ...commands, ''].join(
                  '\n',
                ),
              },
            ],
          },
        },
      ],
    },
  });
  const base = [{ name: 'base', type: 'string', description: 'commit that the change is compared with' }];
  const pipelines = [
    pipeline('validate', base, ['paasta-gitops validate', `${REVIEW} > review.md`]),
    pipeline('publish', [], [PUBLISH]),
    pipeline('generate', [], GENERATE),
  ];
  return { path: '.tekton/paasta-config.yaml', content: yamlFile(header, ...pipelines) };
}
