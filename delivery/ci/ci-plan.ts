import {
  deployGroups,
  isRedeployed,
  type Pipeline,
  type PipelineItem,
  type PipelineStep,
} from '../pipeline/pipeline.ts';
import { DeliveryProblem } from '../problem.ts';
import { problemWithGroup } from '../refs/tag-names.ts';

/** One command of a job, in a shell that stops at the first failure. */
export interface CiCommand {
  readonly title: string;
  readonly shell: string;
  readonly isFailureIgnored: boolean;
}

/** Title of the command that sets IMAGE_VERSION, which later jobs need. */
export const IMAGE_VERSION_TITLE = 'image version';

/** One job of a generated pipeline, whatever the target. */
export interface CiJob {
  readonly id: string;
  readonly title: string;
  /** `build` has docker and the code; `command` the code; `deploy` neither. */
  readonly kind: 'build' | 'command' | 'deploy' | 'gate';
  /** Ids of the jobs that must be done before. */
  readonly needs: readonly string[];
  readonly commands: readonly CiCommand[];
  /** Deploy group; the job is the only one of its service and group at a time. Null for other kinds. */
  readonly group: string | null;
  readonly isFailureIgnored: boolean;
  readonly timeoutMinutes: number;
  /** Jobs with one number stand side by side, or are one stage. */
  readonly stage: number;
}

/** The pipeline of one service: jobs in an order in which each comes after what it needs. */
export interface CiPlan {
  readonly service: string;
  readonly jobs: readonly CiJob[];
  /** Images get a version, and a timer rebuilds the newest commit. */
  readonly isRedeployed: boolean;
  /** What a person should know about the translation. */
  readonly notes: readonly string[];
}

const BUILD_TIMEOUT_MINUTES = 70;

/**
 * A call of this program in a job. Every target sets the variables COMMIT and PAASTA_GITOPS_CONFIG, and IMAGE_VERSION where
 * images have versions.
 */
function call(verb: string, service: string, ...flags: readonly string[]): string {
  const common = `--config "$PAASTA_GITOPS_CONFIG" -s ${service} --commit "$COMMIT"`;
  return ['paasta-gitops', verb, common, ...flags.filter((flag) => flag !== '')].join(' ');
}

/**
 * Turns a pipeline into jobs. Everything up to the push is one job, so that the image is built once and where it is pushed
 * from; `make test`, `itest` and the push are added where the pipeline leaves them out. A gate before that push moves behind it.
 */
export function planCi(service: string, pipeline: Pipeline, isRedeployedByDefault: boolean): CiPlan {
  refuseUnsafeGroups(pipeline);
  const hasVersions = isRedeployed(pipeline, isRedeployedByDefault);
  const notes: string[] = [];
  const items = withoutDisabled(pipeline.items, notes);
  const first = firstAfterPush(items);
  const ids = new UniqueIds();
  const build = buildJob(
    service,
    items.slice(0, first).flatMap((item) => item.steps),
    hasVersions,
    ids,
  );
  const jobs: CiJob[] = [build];
  let needs: readonly string[] = [build.id];
  let isGateOpen = items.slice(0, first).some((item) => item.isGated || item.isGateNext);
  let stage = 1;
  for (const item of items.slice(first)) {
    if (isGateOpen || item.isGated) {
      const gate = gateJob(item, needs, stage++, ids);
      jobs.push(gate);
      needs = [gate.id];
    }
    const made = item.steps.map((step) => stepJob(service, step, { needs, stage, hasVersions }, ids));
    jobs.push(...made);
    needs = made.map((job) => job.id);
    isGateOpen = item.isGateNext;
    stage++;
  }
  return { service, jobs, isRedeployed: hasVersions, notes };
}

/** Names of groups stand in shell commands: none may be more than a word. */
function refuseUnsafeGroups(pipeline: Pipeline): void {
  for (const group of deployGroups(pipeline)) {
    const problem = problemWithGroup(group);
    if (problem !== null) throw new DeliveryProblem(`step ${JSON.stringify(group)} in deploy.yaml: ${problem}`);
  }
}

/** Items without disabled and meaningless steps; what is left out is told. */
function withoutDisabled(items: readonly PipelineItem[], notes: string[]): readonly PipelineItem[] {
  const kept: PipelineItem[] = [];
  let isGated = false;
  for (const item of items) {
    for (const step of item.steps.filter(({ kind }) => kind === 'deprecated')) {
      notes.push(`step "${step.name}" no longer does anything and is left out`);
    }
    const steps = item.steps.filter((step) => !step.isDisabled && step.kind !== 'deprecated');
    if (steps.length === 0) {
      isGated ||= item.isGated || item.isGateNext;
      continue;
    }
    kept.push({ ...item, steps, isGated: item.isGated || isGated });
    isGated = false;
  }
  return kept;
}

/** Index of the first item that is not part of the build: after the push, or at the first deploy group. */
function firstAfterPush(items: readonly PipelineItem[]): number {
  const isPush = ({ kind }: PipelineStep): boolean => kind === 'push' || kind === 'itest-and-push';
  const deploy = items.findIndex((item) => item.steps.some(({ kind }) => kind === 'deploy'));
  const before = deploy < 0 ? items.length : deploy;
  const push = items.slice(0, before).findLastIndex((item) => item.steps.some(isPush));
  if (push >= 0) return push + 1;
  const itest = items
    .slice(0, before)
    .findLastIndex((item) => item.steps.some(({ kind }) => kind === 'itest' || kind === 'security-check'));
  return itest + 1;
}

function buildJob(service: string, steps: readonly PipelineStep[], hasVersions: boolean, ids: UniqueIds): CiJob {
  const has = (...kinds: readonly string[]): boolean => steps.some(({ kind }) => kinds.includes(kind));
  const commands: CiCommand[] = [{ title: 'make test', shell: 'make test', isFailureIgnored: false }];
  if (hasVersions) commands.push(imageVersionCommand(service));
  if (!has('itest', 'itest-and-push')) commands.push(...imageCommands(service, 'itest', hasVersions, false));
  for (const step of steps) commands.push(...stepCommands(service, step, hasVersions));
  if (!has('push', 'itest-and-push')) commands.push(...imageCommands(service, 'push', hasVersions, false));
  return {
    id: ids.take('build'),
    title: `build ${service}`,
    kind: 'build',
    needs: [],
    commands,
    group: null,
    isFailureIgnored: false,
    timeoutMinutes: BUILD_TIMEOUT_MINUTES,
    stage: 0,
  };
}

interface JobContext {
  readonly needs: readonly string[];
  readonly stage: number;
  readonly hasVersions: boolean;
}

function gateJob(item: PipelineItem, needs: readonly string[], stage: number, ids: UniqueIds): CiJob {
  const names = item.steps.map(({ name }) => name).join(', ');
  return {
    id: ids.take(`approve-${item.steps[0]!.name}`),
    title: `approve ${names}`,
    kind: 'gate',
    needs,
    commands: [],
    group: null,
    isFailureIgnored: false,
    timeoutMinutes: 10,
    stage,
  };
}

function stepJob(
  service: string,
  step: PipelineStep,
  { needs, stage, hasVersions }: JobContext,
  ids: UniqueIds,
): CiJob {
  const isDeploy = step.kind === 'deploy';
  return {
    id: ids.take(isDeploy ? `deploy-${step.name}` : step.name),
    title: isDeploy ? `deploy ${service} to ${step.name}` : step.name,
    kind: isDeploy ? 'deploy' : step.kind === 'command' || step.kind === 'security-check' ? 'command' : 'build',
    needs,
    commands: stepCommands(service, step, hasVersions).map((command) => ({ ...command, isFailureIgnored: false })),
    group: isDeploy ? step.name : null,
    isFailureIgnored: step.isFailureIgnored,
    timeoutMinutes: isDeploy
      ? Math.ceil((step.isWaitedFor ? step.timeoutSeconds : 600) / 60) + 10
      : BUILD_TIMEOUT_MINUTES,
    stage,
  };
}

function stepCommands(service: string, step: PipelineStep, hasVersions: boolean): readonly CiCommand[] {
  const { kind, isFailureIgnored } = step;
  switch (kind) {
    case 'itest':
      return imageCommands(service, 'itest', hasVersions, isFailureIgnored);
    case 'push':
      return imageCommands(service, 'push', hasVersions, isFailureIgnored);
    case 'itest-and-push':
      return [
        ...imageCommands(service, 'itest', hasVersions, isFailureIgnored),
        ...imageCommands(service, 'push', hasVersions, isFailureIgnored),
      ];
    case 'security-check':
      return [{ title: 'security check', shell: call('ci run-step security-check', service), isFailureIgnored }];
    case 'command':
      return [{ title: step.name, shell: step.command ?? 'true', isFailureIgnored }];
    case 'deprecated':
      return [];
    case 'deploy':
      return deployCommands(service, step, hasVersions);
  }
}

function imageCommands(
  service: string,
  verb: 'itest' | 'push',
  hasVersions: boolean,
  isFailureIgnored: boolean,
): readonly CiCommand[] {
  const shell = call(`image ${verb}`, service, versionFlag(hasVersions));
  return [{ title: verb === 'itest' ? 'make itest' : 'push the image', shell, isFailureIgnored }];
}

function imageVersionCommand(service: string): CiCommand {
  const shell = `IMAGE_VERSION="$(${call('get image-version', service)})"`;
  return { title: IMAGE_VERSION_TITLE, shell, isFailureIgnored: false };
}

/** Never deploy what was rolled back, never mark an image that is not there. */
function deployCommands(service: string, step: PipelineStep, hasVersions: boolean): readonly CiCommand[] {
  const group = `-l ${step.name}`;
  const version = versionFlag(hasVersions);
  const command = (title: string, shell: string): CiCommand => ({ title, shell, isFailureIgnored: false });
  const wait = call('wait', service, group, version, `--timeout ${step.timeoutSeconds}`);
  return [
    command('was it rolled back?', call('rollback --check', service, group)),
    command('is the image there?', call('image verify', service, version)),
    command(`mark ${step.name}`, call('mark', service, group, version)),
    ...(step.isWaitedFor ? [command(`wait for ${step.name}`, wait)] : []),
  ];
}

/** Empty when no version was given, so one command serves both. */
function versionFlag(hasVersions: boolean): string {
  return hasVersions ? '${IMAGE_VERSION:+--image-version "$IMAGE_VERSION"}' : '';
}

/** Ids of letters, digits, `_` and `-`, each once. */
export class UniqueIds {
  private readonly taken = new Set<string>();

  take(name: string): string {
    const base = name.replace(/[^A-Za-z0-9_-]/g, '-');
    let id = base;
    for (let n = 2; this.taken.has(id); n++) id = `${base}-${n}`;
    this.taken.add(id);
    return id;
  }
}
