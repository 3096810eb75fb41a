import type { ServiceSources } from '../../compiler/model/service-sources.ts';
import { isInteger, isMap, type YamlMap, type YamlValue } from '../../compiler/model/yaml-value.ts';
import { DEFAULT_TIMEOUT_SECONDS, stepKind, type Pipeline, type PipelineItem, type PipelineStep } from './pipeline.ts';

/** A part of a pipeline that means nothing, with its path in the file. */
export interface PipelineProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface ReadPipeline {
  readonly pipeline: Pipeline;
  readonly problems: readonly PipelineProblem[];
}

const NONE: Pipeline = { items: [], productionDeployGroup: null };

/**
 * The pipeline of a service: deploy.yaml, or the key `deploy` of service.yaml, which takes its whole place.
 * PaaSTA: `get_pipeline_config`. Problems name what PaaSTA fails on; the rest is still read.
 */
export function pipelineOf({ serviceYaml, deploy }: ServiceSources): ReadPipeline {
  const service = serviceYaml.kind === 'read' ? serviceYaml.document.value : null;
  if (isMap(service) && Object.hasOwn(service, 'deploy')) return readPipeline(service['deploy']!);
  return readPipeline(deploy.kind === 'read' ? deploy.document.value : null);
}

/** Reads the value of a deploy.yaml. Options count on sub-steps of `parallel` too, where PaaSTA ignores them. */
export function readPipeline(value: YamlValue): ReadPipeline {
  if (value === null) return { pipeline: NONE, problems: [] };
  if (!isMap(value)) return { pipeline: NONE, problems: [{ path: [], message: 'deploy.yaml is a mapping' }] };
  const production = value['production_deploy_group'];
  const productionDeployGroup = typeof production === 'string' ? production : null;
  const list = Object.hasOwn(value, 'pipeline') ? value['pipeline'] : [];
  if (!Array.isArray(list)) {
    return {
      pipeline: { items: [], productionDeployGroup },
      problems: [{ path: ['pipeline'], message: 'pipeline is a list of steps' }],
    };
  }
  const problems: PipelineProblem[] = [];
  const items = (list as readonly YamlValue[]).flatMap((item, index) => readItem(item, ['pipeline', index], problems));
  return { pipeline: { items, productionDeployGroup }, problems };
}

function readItem(
  item: YamlValue,
  path: readonly (string | number)[],
  problems: PipelineProblem[],
): readonly PipelineItem[] {
  if (!isMap(item)) {
    problems.push({ path, message: 'an item of the pipeline is a mapping with "step" or "parallel"' });
    return [];
  }
  const parallel = item['parallel'];
  const isParallel = Array.isArray(parallel) && parallel.length > 0;
  const configs = isParallel ? (parallel as readonly YamlValue[]) : [item];
  const steps = configs.flatMap((config, index) =>
    readStep(config, isParallel ? [...path, 'parallel', index] : path, problems, isParallel),
  );
  if (steps.length === 0) return [];
  const all = [item, ...configs].filter(isMap);
  return [
    {
      steps,
      isGated: all.some((config) => config['confirmation_required'] === true),
      isGateNext: all.some((config) => config['trigger_next_step_manually'] === true),
    },
  ];
}

function readStep(
  config: YamlValue,
  path: readonly (string | number)[],
  problems: PipelineProblem[],
  mayBeNameless: boolean,
): readonly PipelineStep[] {
  const name = isMap(config) ? config['step'] : undefined;
  if (isMap(config) && typeof name === 'string') return [stepOf(name, config)];
  if (isMap(config) && name === undefined && mayBeNameless) return [];
  const message = isMap(config) && name !== undefined ? 'the name of a step is text' : 'a step has a name: "step: …"';
  problems.push({ path, message });
  return [];
}

function stepOf(name: string, config: YamlMap): PipelineStep {
  const { command, timeout } = config;
  const redeploys = config['enable_automated_redeploys'];
  return {
    name,
    kind: stepKind(name),
    command: typeof command === 'string' ? command : null,
    isDisabled: config['disabled'] === true,
    isFailureIgnored: config['ignore_failure'] === true,
    isWaitedFor: config['wait_for_deployment'] === true,
    timeoutSeconds: isInteger(timeout) && timeout > 0 ? Number(timeout) : DEFAULT_TIMEOUT_SECONDS,
    isAutoRollback: config['auto_rollback'] === true,
    isRedeployed: typeof redeploys === 'boolean' ? redeploys : null,
  };
}
