import { isSameVersion, versionText } from '../delivery/image-name.ts';
import type { DeployInstance } from '../delivery/deploy-branches.ts';
import type { DeploymentsDocument } from '../delivery/deployments-document.ts';
import { markInFile } from '../delivery/files/file-actions.ts';
import { rolledBackIn } from '../delivery/files/edit-deployments.ts';
import { readDeployments } from '../delivery/files/read-deployments.ts';
import { rolledBackVersions } from '../delivery/refs/read-tags.ts';
import type { Version } from '../delivery/refs/tag-names.ts';
import { markByTag, type GroupOutcome } from '../delivery/tags/tag-actions.ts';
import {
  DELIVERY_OPTIONS,
  instancesOf,
  nobodyIn,
  printJson,
  required,
  SERVICE_OPTION,
  serviceOf,
  withDelivery,
  type Delivery,
} from './delivery-call.ts';
import {
  checkedGroup,
  fullCommit,
  imageVersionFlag,
  TARGET_OPTIONS,
  withTarget,
  type DeliveryTarget,
} from './delivery-target.ts';
import { verifyImageFlag } from './image-check.ts';
import { isOn, textOf, UsageError, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'mark',
  usage: 'mark -s SERVICE -l DEPLOY_GROUP -c COMMIT [--image-version V] [--mode tag|file]',
  description: `
Says which version a deploy group runs. In tag mode this is one new tag in the code repository, which PaaSTA itself reads too;
"deployments generate" takes it over. In file mode it is one commit to SERVICE/deployments.json, on the base branch or on
--branch for a pull request. Nothing is ever forced: a push that another writer overtakes is decided anew.
A version that is marked already is left as it is.

Exit status: 0 marked, 1 not, 2 wrong usage.`,
  options: {
    ...DELIVERY_OPTIONS,
    ...SERVICE_OPTION,
    'deploy-group': { short: 'l', aliases: ['clusterinstance'], value: 'GROUP', help: 'the deploy group' },
    commit: { short: 'c', value: 'SHA', help: 'the commit; 4 to 39 digits are looked up in the code repository' },
    'image-version': { short: 'i', value: 'V', help: 'image version, where one commit is built more than once' },
    digest: { value: 'sha256:HEX', help: 'pin the image to this digest (file mode)' },
    'verify-image': { aliases: ['verify-image-exists'], help: 'only when the registry has the image' },
    ...TARGET_OPTIONS,
  },
  run: (call) => withDelivery(call, run),
};

async function run(delivery: Delivery): Promise<number> {
  const { values } = delivery;
  const service = serviceOf(delivery);
  const group = checkedGroup(required(values, 'deploy-group', 'which deploy group? give -l GROUP'));
  const given = required(values, 'commit', 'which commit? give -c SHA');
  const imageVersion = imageVersionFlag(delivery);
  const digest = digestFlag(delivery);
  const sources = delivery.load(service);
  const instances = instancesOf(delivery, sources);
  const members = instances.filter((instance) => instance.group === group);
  if (members.length === 0) delivery.warn(nobodyIn(group, service, instances));
  return withTarget(delivery, sources, async (target) => {
    if (target.mode === 'tag' && digest !== null)
      throw new UsageError('--digest needs file mode: a tag has no place for it');
    const version = { sha: await fullCommit(given, target.code), imageVersion };
    if (isOn(values, 'verify-image')) await verifyImageFlag(delivery, sources, version);
    await warnOfRollback(delivery, target, service, group, version);
    const { outcome, where } = await mark(delivery, target, { group, version, digest, members });
    tell(delivery, service, version, outcome, where);
    return 0;
  });
}

interface Marking {
  readonly group: string;
  readonly version: Version;
  readonly digest: string | null;
  readonly members: readonly DeployInstance[];
}

async function mark(
  { clock }: Delivery,
  target: DeliveryTarget,
  { group, version, digest, members }: Marking,
): Promise<{ readonly outcome: GroupOutcome; readonly where: Readonly<Record<string, string | null>> }> {
  if (target.mode === 'tag') {
    return { outcome: await markByTag(target.code(), clock, group, version), where: { mode: 'tag' } };
  }
  const branchesOf = (): readonly string[] => members.map(({ branch }) => branch);
  const result = await markInFile(target.file, { groups: [group], version, digest, branchesOf, isRollback: false });
  return { outcome: result.outcomes[0]!, where: { mode: 'file', commit: result.commit, branch: result.branch } };
}

function tell(
  delivery: Delivery,
  service: string,
  version: Version,
  outcome: GroupOutcome,
  where: Readonly<Record<string, string | null>>,
): void {
  const { group, before, isChanged } = outcome;
  if (isChanged) {
    delivery.log.event('deploy', { service }, `Marked ${versionText(version)} for deployment in deploy group ${group}`);
    const details = { deploy_group: group, commit: version.sha, image_version: version.imageVersion };
    delivery.log.audit('mark-for-deployment', { service }, details);
    const from = before === null ? '' : ` (before: ${versionText(before)})`;
    const branch = where['branch'] ? `, on branch ${where['branch']}` : '';
    delivery.say(`Marked ${versionText(version)} for deployment in deploy group ${group}${from}${branch}`);
  } else {
    delivery.say(`${versionText(version)} is marked in deploy group ${group} already`);
  }
  if (!delivery.isJson) return;
  printJson(delivery, { service, group, ...version, before: plainVersion(before), changed: isChanged, ...where });
}

/** A version with nothing else, for reports. */
export function plainVersion(version: Version | null): Version | null {
  return version === null ? null : { sha: version.sha, imageVersion: version.imageVersion };
}

async function warnOfRollback(
  delivery: Delivery,
  target: DeliveryTarget,
  service: string,
  group: string,
  version: Version,
): Promise<void> {
  const times = await rollbacksOf(delivery, target, service, group, version.sha);
  const same = times.filter((time) => isSameVersion(time, version));
  if (same.length > 0)
    delivery.warn(`${versionText(version)} was rolled back in ${group} before, at ${same[0]!.timestamp}`);
}

/** When a commit was rolled back in a group, newest first: rollback tags, or the list in deployments.json. */
export async function rollbacksOf(
  delivery: Delivery,
  target: DeliveryTarget,
  service: string,
  group: string,
  sha: string,
): Promise<readonly (Version & { readonly timestamp: string })[]> {
  if (target.mode === 'tag') {
    return rolledBackVersions(await target.code().refs('tags'), group).filter((version) => version.sha === sha);
  }
  const document = localDocument(delivery, service);
  if (document === null) return [];
  return rolledBackIn(document, group, sha).map((entry) => ({
    sha,
    imageVersion: entry.image_version ?? null,
    timestamp: entry.timestamp,
  }));
}

/** deployments.json as it stands in the soa dir; null when it is absent or broken. */
export function localDocument({ soa }: Delivery, service: string): DeploymentsDocument | null {
  const found = soa.read(`${service}/deployments.json`);
  const read = readDeployments(found.kind === 'file' ? Buffer.from(found.bytes).toString('utf8') : null);
  return 'document' in read ? read.document : null;
}

function digestFlag({ values }: Delivery): string | null {
  const digest = textOf(values, 'digest') ?? null;
  if (digest === null || /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new UsageError(`--digest is "sha256:" and 64 hex digits; found ${JSON.stringify(digest)}`);
}
