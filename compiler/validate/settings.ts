import { isMap, isNumeric, toNumber, type YamlMap, type YamlValue } from '../model/yaml-value.ts';
import type { MergedWorkload } from '../model/instance-keys.ts';
import type { InstanceView } from './view.ts';

/** The number under a key of an instance; undefined when it is unset or no number. */
export function numberOf({ keys }: Pick<MergedWorkload, 'keys'>, key: string): number | undefined {
  const value = keys.get(key);
  return isNumeric(value) ? toNumber(value) : undefined;
}

/** The text under a key of an instance; undefined when it is unset or no text. */
export function textOf({ keys }: Pick<MergedWorkload, 'keys'>, key: string): string | undefined {
  const value = keys.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** Whether PaaSTA autoscales the instance: `max_instances` is set and not null. */
export function isAutoscaled({ keys }: Pick<MergedWorkload, 'keys'>): boolean {
  const value = keys.get('max_instances');
  return value !== undefined && value !== null;
}

/** Registrations as listed, else the one that an instance has by itself. */
export function registrationsOf(workload: MergedWorkload, service: string): readonly string[] {
  const listed = workload.keys.get('registrations');
  const texts = Array.isArray(listed) ? listed.filter((each) => typeof each === 'string') : [];
  return texts.length > 0 ? texts : [`${service}.${textOf(workload, 'nerve_ns') ?? workload.instance}`];
}

/** One metrics provider of an instance with PaaSTA's defaults, and its path; `settings` is what was written. */
export interface Provider {
  readonly type: string;
  readonly decisionPolicy: string;
  readonly settings: YamlMap;
  readonly path: readonly (string | number)[];
}

const DEFAULT_PROVIDERS: readonly Provider[] = [
  { type: 'cpu', decisionPolicy: 'proportional', settings: {}, path: ['max_instances'] },
];

/** The metrics providers of an instance; without any, cpu. PaaSTA: `get_autoscaling_params`. */
export function providersOf({ workload }: InstanceView): readonly Provider[] {
  const autoscaling = workload.keys.get('autoscaling');
  const listed = isMap(autoscaling) ? autoscaling['metrics_providers'] : undefined;
  if (!Array.isArray(listed) || listed.length === 0) return DEFAULT_PROVIDERS;
  return (listed as readonly YamlValue[]).flatMap((settings, index) => {
    if (!isMap(settings)) return [];
    const { type, decision_policy: policy } = settings;
    return [
      {
        type: typeof type === 'string' ? type : 'cpu',
        decisionPolicy: typeof policy === 'string' ? policy : 'proportional',
        settings,
        path: ['autoscaling', 'metrics_providers', index],
      },
    ];
  });
}

/** Whether `TYPE-CLUSTER.in` marks the instance's file as generated. */
export function isGenerated({ workload }: InstanceView): boolean {
  return workload.file.isGenerated;
}
