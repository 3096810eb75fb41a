import type { GuardOptions } from '../applier/guards.ts';
import { OTHER_TOOLS } from '../applier/other-tools.ts';
import type { PlanOptions } from '../applier/plan.ts';
import { NEVER_PRUNED, type PruneOptions } from '../applier/prune-plan.ts';
import { didYouMean } from '../compiler/diagnostics/did-you-mean.ts';
import { numberOf, scopeOfCall, timeOf } from './cluster-call.ts';
import { isOn, textOf, textsOf, UsageError, type OptionSpec, type OptionSpecs, type OptionValues } from './verb.ts';

/** Flags that say what a plan may hold. */
export const PLAN_OPTIONS: OptionSpecs = {
  adopt: {
    value: 'none|paasta|unowned',
    choices: ['none', 'paasta', 'unowned'],
    help: 'take over live objects that are not ours (default none)',
  },
  'adopt-from': {
    value: 'TOOL',
    multiple: true,
    choices: OTHER_TOOLS.map(({ flag }) => flag),
    help: 'take over objects that this tool tracks, and remove its marks (repeatable)',
  },
  'initial-replicas': {
    value: 'min|max',
    choices: ['min', 'max'],
    help: 'size of a new autoscaled instance (default max, as PaaSTA)',
  },
  'no-heal': { help: 'report drift, and leave it' },
  prune: { help: 'also delete members of the set that are not in the tree' },
  recreate: {
    value: 'SERVICE.INSTANCE',
    multiple: true,
    help: 'delete this workload and create it again (repeatable)',
  },
};

/** Flags that say what may be deleted, and whether the tree may be used. */
export const GUARD_OPTIONS: OptionSpecs = {
  'kill-threshold': { value: 'SHARE', help: 'share of live instances that may go at once (default 0.5)' },
  'max-prune': { value: 'N', help: 'most objects to delete (default 0: no limit)' },
  'min-age': { value: 'TIME', help: 'leave younger objects alone (default 5m)' },
  'force-prune': { help: 'go over --kill-threshold, and delete services that run' },
  'allow-empty': { help: 'delete although the tree holds no workloads' },
  'prune-kinds': { value: '+KIND,...', help: 'delete these kinds too, such as +Namespace,+Secret' },
  'allow-older': { help: 'go back to an older revision, and hold the cluster there' },
  resume: { help: 'end the hold that going back left' },
};

/** Of verbs that may take over fields of others. */
export const CONFLICTS_OPTION: OptionSpec = {
  value: 'informed|fail|force',
  choices: ['informed', 'fail', 'force'],
  help: 'fields that others hold: take over what the plan shows (default), fail, or take over all',
};

export function conflictsOf(values: OptionValues): 'informed' | 'fail' | 'force' {
  const conflicts = textOf(values, 'conflicts');
  return conflicts === 'fail' || conflicts === 'force' ? conflicts : 'informed';
}

/** Of verbs that may compare by metadata alone. */
export const MODE_OPTION: OptionSpecs = {
  mode: {
    value: 'full|metadata',
    choices: ['full', 'metadata'],
    help: 'metadata: reads less, and does not see that somebody reordered a list (default full)',
  },
};

/** Of verbs that compare limits of autoscalers. */
export const OVERRIDES_OPTION: OptionSpecs = {
  'honor-overrides': {
    help: "set the limits of the ConfigMap paasta-autoscaling-overrides until they expire (PaaSTA's paasta autoscale)",
  },
};

/** How the plan is made. */
export function planOptionsOf(values: OptionValues): PlanOptions {
  const adopt = textOf(values, 'adopt');
  return {
    adopt: adopt === 'paasta' || adopt === 'unowned' ? adopt : 'none',
    adoptFrom: new Set(textsOf(values, 'adopt-from')),
    initialReplicas: textOf(values, 'initial-replicas') === 'min' ? 'min' : 'max',
    scope: scopeOfCall(values),
    only: null,
    heal: !isOn(values, 'no-heal'),
    recreate: new Set(textsOf(values, 'recreate')),
  };
}

/** What may be pruned. */
export function pruneOptionsOf(values: OptionValues): Omit<PruneOptions, 'troubled' | 'isListed'> {
  const killThreshold = numberOf(values, 'kill-threshold', 0.5);
  if (killThreshold > 1) throw new UsageError('--kill-threshold is a share between 0 and 1');
  return {
    killThreshold,
    maxPrune: numberOf(values, 'max-prune', 0),
    minAgeMs: timeOf(values, 'min-age', '5m'),
    force: isOn(values, 'force-prune'),
    allowEmpty: isOn(values, 'allow-empty'),
    extraKinds: extraKindsOf(values),
    now: Date.now(),
  };
}

/** Kinds that are pruned only when they are named. */
function extraKindsOf(values: OptionValues): readonly string[] {
  const known = NEVER_PRUNED.map((kind) => `+${kind}`);
  const given = (textOf(values, 'prune-kinds') ?? '').split(',').filter((kind) => kind !== '');
  for (const kind of given) {
    if (known.includes(kind)) continue;
    const { hint } = didYouMean(kind, known);
    const why = `--prune-kinds takes ${known.join(', ')}; found ${JSON.stringify(kind)}`;
    throw new UsageError(hint === undefined ? why : `${why}: ${hint}`);
  }
  return given.map((kind) => kind.slice(1));
}

export function guardOptionsOf(values: OptionValues): GuardOptions {
  return { allowOlder: isOn(values, 'allow-older'), resume: isOn(values, 'resume') };
}
