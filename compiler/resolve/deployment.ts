import type { ControlEntry, DeployedVersion, ServiceSources } from '../model/service-sources.ts';
import { documentField } from './document-fields.ts';
import type { Field } from './field.ts';
import type { Journal } from './journal.ts';

/** What deployments.json says about one instance. */
export interface Deployment {
  readonly deployGroup: string;
  readonly version: DeployedVersion;
  readonly control: ControlEntry;
  /** The entry of the deploy group in deployments.json. */
  readonly versionField: Field;
  readonly controlField: Field;
  /** The group is deployed but the instance has no entry under `controls`: started, never bounced by force. */
  readonly isControlAssumed: boolean;
}

const ASSUMED_CONTROL: ControlEntry = Object.freeze({ desiredState: 'start', forceBounce: null });

/**
 * Looks an instance up in deployments.json. Null when nothing deploys its group, or when the group's entry is unusable,
 * which is reported. A missing control entry counts as started: PaaSTA would skip the instance.
 * PaaSTA: `v2.deployments[GROUP]` and `v2.controls["SERVICE:CLUSTER.INSTANCE"]`.
 */
export function findDeployment(
  journal: Journal,
  sources: ServiceSources,
  cluster: string,
  deployGroup: string | null,
): Deployment | null {
  const { deployments: file, service } = sources;
  if (file.kind !== 'read' || deployGroup === null || !Object.hasOwn(file.deployments, deployGroup)) return null;
  const version = file.deployments[deployGroup] ?? null;
  const versionField = documentField(journal, file.document, ['v2', 'deployments', deployGroup]);
  if (version === null) {
    const hint = 'generate deployments.json again: every group needs docker_image and git_sha';
    versionField.error('bad-deployment', `deploy group ${deployGroup} has no usable docker_image and git_sha`, hint);
    return null;
  }
  const controlName = `${service}:${cluster}.${journal.instance}`;
  const controlField = documentField(journal, file.document, ['v2', 'controls', controlName]);
  const control = Object.hasOwn(file.controls, controlName) ? file.controls[controlName] : undefined;
  return {
    deployGroup,
    version,
    control: control ?? ASSUMED_CONTROL,
    versionField,
    controlField,
    isControlAssumed: control === undefined,
  };
}
