import { basename, relative, resolve } from 'node:path';
import { withSeverity } from '../compiler/compile.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { createForeignCache, loadService } from '../compiler/load/index.ts';
import { isSafeName } from '../compiler/model/names.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { pipelineOf } from '../delivery/pipeline/read-pipeline.ts';
import { gitUrlOf } from '../delivery/service-facts.ts';
import { asGitFailure } from '../git/git-failure.ts';
import { checkGitUrl } from '../git/git-url.ts';
import { withScratchRepository } from '../git/scratch-repository.ts';
import { CHECK_OPTIONS, findMistakes } from './find-mistakes.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { checkCodeRepository } from './repo-checks.ts';
import { REPORT_OPTIONS, reportFindings } from './report-findings.ts';
import { isOn, textOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'check-repo',
  usage: 'check-repo [-s SERVICE] [--dir DIR] [--no-remote] [-o FORMAT]',
  description: `
Checks what PaaSTA asks of a service's code repository: Dockerfile, Makefile with DOCKER_TAG and the targets cook-image, itest
and test, a security check in the pipeline, a git URL that answers; then everything that validate checks of the service.
Run it in the code repository. PaaSTA: paasta check. Asking make for targets reads the Makefile, and so runs what it computes.

Exit status: 0 nothing but warnings, 1 something is missing or wrong, 2 wrong usage.`,
  options: {
    ...INPUT_OPTIONS,
    service: { short: 's', value: 'SERVICE', help: 'name of the service (default: the name of the folder)' },
    dir: { value: 'DIR', help: 'the code repository (default: the working directory)' },
    'no-remote': { help: 'do not ask the git server' },
    'allow-file': { help: 'allow git URLs on this machine' },
    ...CHECK_OPTIONS,
    ...REPORT_OPTIONS,
  },
  run,
};

/** Seconds until the git server is given up. PaaSTA: 5. */
const GIT_SECONDS = 5;

async function run(call: Call): Promise<number> {
  const { values, io } = call;
  const folder = resolve(io.cwd, textOf(values, 'dir') ?? '.');
  const service = textOf(values, 'service') ?? basename(folder);
  if (!isSafeName(service)) throw new UsageError(`${JSON.stringify(service)} is no name of a service: give -s SERVICE`);
  const { project, diagnostics: ofProject } = loadProject(values, io);
  const sources = loadService(createDiskReader(project.soaDir), service, {
    clusters: new Set(),
    customPrefixes: new Set(),
    foreign: createForeignCache(),
  });
  const place = relative(project.root, folder);
  const ofRepository = checkCodeRepository(folder, { ...process.env, ...io.env }).map((finding) => ({
    ...finding,
    file: place === '' ? finding.file : `${place}/${finding.file}`,
  }));
  const remote = isOn(values, 'no-remote') ? [] : await checkRemote(call, sources);
  const policy = { strict: isOn(values, 'strict'), severity: project.severity };
  const own = withSeverity([...ofRepository, ...checkPipeline(sources), ...remote], policy);
  const found = await findMistakes(call, project, { services: [service] });
  return reportFindings(call, project, [...ofProject, ...own, ...found]);
}

/** The pipeline exists and has a security check. */
function checkPipeline(sources: ServiceSources): readonly Diagnostic[] {
  const { service, deploy } = sources;
  const { items } = pipelineOf(sources).pipeline;
  const steps = items.flatMap((item) => item.steps);
  if (steps.some(({ kind }) => kind === 'security-check')) return [];
  const message =
    steps.length === 0
      ? 'the service has no pipeline, so nothing deploys it'
      : 'the pipeline has no step security-check';
  const file = `${service}/deploy.yaml`;
  const place = deploy.kind === 'read' ? deploy.document.locateNearest(['pipeline'], 'key').span : {};
  return [soaFinding('bad-pipeline', file, message, service, place)];
}

async function checkRemote(
  { io, values }: Call,
  { service, serviceYaml }: ServiceSources,
): Promise<readonly Diagnostic[]> {
  const url = gitUrlOf(service, serviceYaml);
  if (url === null) return [];
  const file = `${service}/service.yaml`;
  const place = serviceYaml.kind === 'read' ? serviceYaml.document.locateNearest(['git_url']).span : {};
  const report = (message: string): readonly Diagnostic[] => [soaFinding('bad-git-url', file, message, service, place)];
  if (typeof url !== 'string') return report(url.problem);
  const allowFile = isOn(values, 'allow-file');
  const refused = checkGitUrl(url, allowFile);
  if (refused !== null) return report(refused.problem);
  try {
    await withScratchRepository({ env: io.env, allowFile, timeoutSeconds: GIT_SECONDS }, (git) =>
      git.run(['ls-remote', '--quiet', '--end-of-options', url, 'HEAD']),
    );
    return [];
  } catch (error) {
    return report(`the git server does not answer: ${asGitFailure(error).message.split('\n', 1)[0]!}`);
  }
}

function soaFinding(code: string, file: string, message: string, service: string, place: object): Diagnostic {
  return { severity: 'warning', policy: true, code, message, root: 'soa', file, path: [], service, ...place };
}
