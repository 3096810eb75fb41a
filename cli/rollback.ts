import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import type { DeployInstance } from '../delivery/deploy-branches.ts';
import { markInFile, versionsInHistory, type PastVersion } from '../delivery/files/file-actions.ts';
import { isSameVersion, versionText } from '../delivery/image-name.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { deployHistory } from '../delivery/refs/read-tags.ts';
import type { Version } from '../delivery/refs/tag-names.ts';
import { rollbackByTag, type GroupOutcome } from '../delivery/tags/tag-actions.ts';
import {
  DELIVERY_OPTIONS,
  instancesOf,
  printJson,
  required,
  SERVICE_OPTION,
  serviceOf,
  withDelivery,
  type Delivery,
} from './delivery-call.ts';
import { checkedGroup, imageVersionFlag, TARGET_OPTIONS, withTarget, type DeliveryTarget } from './delivery-target.ts';
import { plainVersion, rollbacksOf } from './mark.ts';
import { isOn, textOf, UsageError, type Call, type Verb } from './verb.ts';

/** Versions that a list shows. PaaSTA: `list_previous_versions`. */
const SHOWN = 10;
const REVERT = 'Also revert the commits in git, or they are deployed again with the next push.';

export const verb: Verb = {
  name: 'rollback',
  usage: 'rollback -s SERVICE (-l GROUP[,GROUP]... | -a) -k COMMIT [--image-version V] | --list | --check',
  description: `
Marks an older version for deploy groups and remembers the one left behind as rolled back, all groups together or none. Groups
without an instance are named and left out, as PaaSTA does.
--list shows the last ${SHOWN} versions of the groups. --check tells whether a commit was rolled back in a group before.

Exit status: 0 rolled back (list: shown, check: never rolled back), 1 not (check: rolled back before), 2 wrong usage (check: or
it cannot be told).`,
  options: {
    ...DELIVERY_OPTIONS,
    ...SERVICE_OPTION,
    'deploy-groups': {
      short: 'l',
      aliases: ['deploy-group'],
      value: 'GROUPS',
      help: 'deploy groups, separated by commas',
    },
    'all-deploy-groups': { short: 'a', help: 'every deploy group of the service' },
    commit: { short: 'k', value: 'SHA', help: 'the commit to go back to, 40 digits' },
    'image-version': { short: 'i', value: 'V', help: 'its image version' },
    force: { short: 'f', help: 'also a version that was never deployed to the groups' },
    list: { help: 'show the versions that were deployed' },
    check: { help: 'was this commit rolled back in this group?' },
    ...TARGET_OPTIONS,
  },
  run: runVerb,
};

function runVerb(call: Call): Promise<number> {
  return isOn(call.values, 'check') ? withDelivery(call, check, 2) : withDelivery(call, run);
}

async function check(delivery: Delivery): Promise<number> {
  const { values } = delivery;
  const service = serviceOf(delivery);
  const group = checkedGroup(required(values, 'deploy-groups', 'which deploy group? give -l GROUP'));
  const sha = fullSha(required(values, 'commit', 'which commit? give -k SHA'));
  const found = await withTarget(delivery, delivery.load(service), (target) =>
    rollbacksOf(delivery, target, service, group, sha),
  );
  if (found.length === 0) delivery.say(`OK: ${sha} was not rolled back in ${group}`);
  else
    delivery.say(
      [`ROLLED BACK: ${sha} was rolled back in ${group}`, ...found.map(({ timestamp }) => `  at ${timestamp}`)].join(
        '\n',
      ),
    );
  if (delivery.isJson)
    printJson(delivery, { service, group, sha, rolledBackAt: found.map(({ timestamp }) => timestamp) });
  return found.length === 0 ? 0 : 1;
}

async function run(delivery: Delivery): Promise<number> {
  const { values } = delivery;
  const service = serviceOf(delivery);
  const sources = delivery.load(service);
  const instances = instancesOf(delivery, sources);
  const groups = chosenGroups(delivery, instances);
  const imageVersion = imageVersionFlag(delivery);
  return withTarget(delivery, sources, async (target) => {
    const history = await historyOf(target, groups);
    const given = textOf(values, 'commit');
    if (given === undefined || isOn(values, 'list')) {
      showVersions(delivery, service, history);
      if (!isOn(values, 'list'))
        delivery.io.err('paasta-gitops rollback: which commit? give -k SHA, one of the above\n');
      return isOn(values, 'list') ? 0 : 1;
    }
    const version = { sha: fullSha(given), imageVersion };
    const isKnown = [...history.values()].some((versions) => versions.some((past) => isSameVersion(past, version)));
    if (!isKnown && !isOn(values, 'force')) {
      showVersions(delivery, service, history);
      throw new DeliveryProblem(
        `${versionText(version)} was never deployed to ${groups.join(', ')}`,
        'take one of the above, or give --force',
      );
    }
    const outcomes = await goBack(delivery, target, { groups, version, instances });
    return tell(delivery, service, version, outcomes);
  });
}

/** Groups of the service that `-l` or `-a` choose; others are named and left out, none left is an error. */
function chosenGroups(delivery: Delivery, instances: readonly DeployInstance[]): readonly string[] {
  const known = new Set(instances.flatMap(({ group }) => (group === null ? [] : [group])));
  const text = textOf(delivery.values, 'deploy-groups');
  if (isOn(delivery.values, 'all-deploy-groups')) {
    if (text !== undefined) throw new UsageError('-l names some deploy groups and -a means all of them: give one');
    return [...known].sort(compareText);
  }
  if (text === undefined) throw new UsageError('which deploy groups? give -l GROUP[,GROUP]... or -a');
  const given = [...new Set(text.split(',').filter((group) => group !== ''))].map(checkedGroup);
  const invalid = given.filter((group) => !known.has(group));
  if (invalid.length > 0)
    delivery.warn(`no instance is in ${invalid.map((group) => `"${group}"`).join(', ')}: skipped`);
  const valid = given.filter((group) => known.has(group)).sort(compareText);
  if (valid.length > 0) return valid;
  throw new DeliveryProblem(
    'none of these deploy groups has an instance',
    `known deploy groups: ${[...known].sort(compareText).join(', ')}`,
  );
}

type History = ReadonlyMap<string, readonly PastVersion[]>;

async function historyOf(target: DeliveryTarget, groups: readonly string[]): Promise<History> {
  if (target.mode === 'file') return versionsInHistory(target.file, groups);
  const refs = await target.code().refs('tags');
  return new Map(groups.map((group) => [group, deployHistory(refs, group)]));
}

function showVersions(delivery: Delivery, service: string, history: History): void {
  const rows = [...history]
    .flatMap(([group, versions]) => versions.map((version) => ({ group, ...version })))
    .sort((a, b) => compareText(b.timestamp, a.timestamp) || compareText(a.group, b.group))
    .slice(0, SHOWN);
  if (delivery.isJson) {
    const list = rows.map(({ group, timestamp, sha, imageVersion }) => ({ group, timestamp, sha, imageVersion }));
    printJson(delivery, { service, versions: list });
  }
  if (rows.length === 0) delivery.say(`nothing of ${service} was ever deployed there`);
  const width = Math.max(0, ...rows.map(({ group }) => group.length));
  for (const row of rows) delivery.say(`${row.timestamp}  ${row.group.padEnd(width)}  ${versionText(row)}`);
}

interface GoingBack {
  readonly groups: readonly string[];
  readonly version: Version;
  readonly instances: readonly DeployInstance[];
}

async function goBack(delivery: Delivery, target: DeliveryTarget, change: GoingBack): Promise<readonly GroupOutcome[]> {
  const { groups, version, instances } = change;
  if (target.mode === 'tag') return rollbackByTag(target.code(), delivery.clock, groups, version);
  const branchesOf = (group: string): readonly string[] =>
    instances.filter((instance) => instance.group === group).map(({ branch }) => branch);
  return (await markInFile(target.file, { groups, version, digest: null, branchesOf, isRollback: true })).outcomes;
}

function tell(delivery: Delivery, service: string, version: Version, outcomes: readonly GroupOutcome[]): number {
  for (const { group, before, isChanged } of outcomes) {
    if (!isChanged) {
      delivery.warn(`${versionText(version)} is what ${group} runs already: nothing was rolled back there`);
      continue;
    }
    const left = before === null ? 'nothing' : versionText(before);
    delivery.log.event('deploy', { service }, `Rolled back ${group} from ${left} to ${versionText(version)}`);
    delivery.log.audit(
      'rollback',
      { service },
      {
        rolled_back_from: left,
        rolled_back_to: versionText(version),
        rollback_type: 'user_initiated_rollback',
        deploy_group: group,
      },
    );
    delivery.say(`Rolled back ${group} from ${left} to ${versionText(version)}`);
  }
  const isAnyChanged = outcomes.some(({ isChanged }) => isChanged);
  if (isAnyChanged) delivery.say(REVERT);
  if (delivery.isJson) {
    const groups = outcomes.map(({ group, before, isChanged }) => ({
      group,
      before: plainVersion(before),
      changed: isChanged,
    }));
    printJson(delivery, { service, ...version, groups });
  }
  return outcomes.every(({ isChanged }) => isChanged) ? 0 : 1;
}

function fullSha(text: string): string {
  if (/^[0-9a-f]{40}$/.test(text)) return text;
  throw new UsageError(`${JSON.stringify(text)} is no full commit id: give 40 hex digits, lower case`);
}
