/** What a step does. `deprecated`: a name that PaaSTA still takes for a deploy group and that no longer does anything. */
export type StepKind = 'itest' | 'itest-and-push' | 'security-check' | 'push' | 'command' | 'deploy' | 'deprecated';

/** One step of deploy.yaml with every option that has a meaning here. */
export interface PipelineStep {
  readonly name: string;
  readonly kind: StepKind;
  /** Shell command of a `command-*` step; null when it has none. */
  readonly command: string | null;
  readonly isDisabled: boolean;
  readonly isFailureIgnored: boolean;
  readonly isWaitedFor: boolean;
  /** Seconds to wait for a deployment. PaaSTA: `timeout`, default 10800. */
  readonly timeoutSeconds: number;
  readonly isAutoRollback: boolean;
  /** Null: the system configuration decides. */
  readonly isRedeployed: boolean | null;
}

/** One item of the list: a step, or several side by side. */
export interface PipelineItem {
  readonly steps: readonly PipelineStep[];
  /** A person has to continue before this item. */
  readonly isGated: boolean;
  /** A person has to continue after this item, before the next one. */
  readonly isGateNext: boolean;
}

/** deploy.yaml, read. */
export interface Pipeline {
  readonly items: readonly PipelineItem[];
  readonly productionDeployGroup: string | null;
}

/** Names of steps that do something else than deploying; all others are deploy groups, `command-…` aside. */
export const BUILT_IN_STEPS: Readonly<Record<string, StepKind>> = {
  itest: 'itest',
  'itest-and-push-to-registry': 'itest-and-push',
  'security-check': 'security-check',
  'push-to-registry': 'push',
};

/** Step names of old documents: PaaSTA would deploy to a group of that name. */
export const DEPRECATED_STEPS: readonly string[] = ['performance-check', 'push', 'command'];

/** Default of `timeout`, in seconds. PaaSTA: `DEFAULT_DEPLOYMENT_TIMEOUT`. */
export const DEFAULT_TIMEOUT_SECONDS = 10800;

/** What a step of a name does. */
export function stepKind(name: string): StepKind {
  if (Object.hasOwn(BUILT_IN_STEPS, name)) return BUILT_IN_STEPS[name]!;
  if (name.startsWith('command-')) return 'command';
  return DEPRECATED_STEPS.includes(name) ? 'deprecated' : 'deploy';
}

/**
 * Deploy groups in the order of the pipeline, disabled ones included. PaaSTA: `get_pipeline_deploy_groups`, which counts the
 * deprecated names too.
 */
export function deployGroups(pipeline: Pipeline): readonly string[] {
  return deploySteps(pipeline).map((step) => step.name);
}

/** The steps behind `deployGroups`. */
export function deploySteps(pipeline: Pipeline): readonly PipelineStep[] {
  const steps = pipeline.items.flatMap((item) => item.steps);
  return steps.filter(({ kind }) => kind === 'deploy' || kind === 'deprecated');
}

/** Whether the service gets image versions. PaaSTA: `check_enable_automated_redeploys`, any deploy step. */
export function isRedeployed(pipeline: Pipeline, isDefault: boolean): boolean {
  return deploySteps(pipeline).some((step) => step.isRedeployed ?? isDefault);
}
