import type { HacheckSidecar, ResolvedMesh } from '../model/resolved-instance.ts';
import type { Facts, Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { HACHECK } from './instance-names.ts';
import { interpolate } from './interpolate.ts';
import { readFlag, readMap } from './readers.ts';
import { resolveSidecarResources } from './sidecar-resources.ts';
import { checkRegistrations } from './smartstack/check-registrations.ts';
import { readWeight, resolveNerve } from './smartstack/nerve-sidecar.ts';
import type { SystemKeys } from './system-keys.ts';

/** Seconds; both what PaaSTA uses for the first check and its period. */
const PERIOD = 10;

/** What the mesh adds to the pod; null outside the mesh. Key `weight`: share of the traffic, 10. */
export function resolveMesh(facts: Facts): ResolvedMesh | null {
  const { journal } = facts;
  checkRegistrations(facts);
  if (!journal.member('mesh', isInMesh, facts)) return null;
  const weight = journal.member('mesh.weight', readWeight, facts);
  const nerve = journal.member('mesh.nerve', resolveNerve, facts);
  return { weight, hacheck: resolveHacheck(facts), nerve };
}

/** PaaSTA: `get_hacheck_sidecar_container`. */
function resolveHacheck(facts: Facts): HacheckSidecar {
  const { journal } = facts;
  return {
    image: journal.member('mesh.hacheck.image', readImage, facts),
    drainSeconds: journal.member('mesh.hacheck.drainSeconds', readDrainSeconds, facts),
    resources: journal.member('mesh.hacheck.resources', resolveResources, facts),
    readiness: journal.member('mesh.hacheck.readiness', resolveReadiness, facts),
  };
}

function isInMesh({ mesh }: Facts): boolean {
  return mesh().isInMesh;
}

/** PaaSTA renders a container without an image, which the API server refuses. */
function readImage({ system, cluster }: Inputs): string | null {
  const image = system.get('hacheckSidecarImageUrl');
  if (image === null || image === '') {
    const message = `hacheck_sidecar_image_url of ${cluster} is not set, and pods in its mesh have a container of it`;
    const hint = 'add it to the system configuration of the cluster';
    system.field('hacheckSidecarImageUrl', undefined).error('missing-key', message, hint);
  }
  return image;
}

function readDrainSeconds({ drainSeconds }: Facts): number {
  return drainSeconds() + 1;
}

function resolveResources(inputs: Inputs): HacheckSidecar['resources'] {
  return resolveSidecarResources(inputs, HACHECK);
}

/**
 * The sidecar's check that the instance is up in the mesh. Keys `bounce_health_params.check_haproxy` and `check_envoy`
 * come before the system's switches; null when both are off.
 */
function resolveReadiness(facts: Facts): HacheckSidecar['readiness'] {
  const { keys, system, gracePeriodSeconds, containerPort, registrations } = facts;
  const health = readMap(keys.field('bounce_health_params'));
  const checksNerve = readSwitch(health.at('check_haproxy'), () => system.get('enableNerveReadinessCheck'));
  const checksEnvoy = readSwitch(health.at('check_envoy'), () => system.get('enableEnvoyReadinessCheck'));
  if (!checksNerve && !checksEnvoy) return null;
  const initialDelaySeconds = system.get('hacheckMatchInitialDelay') ? gracePeriodSeconds() : PERIOD;
  const script =
    checksNerve && checksEnvoy
      ? system.get('envoyNerveReadinessCheckScript')
      : system.get(checksEnvoy ? 'envoyReadinessCheckScript' : 'nerveReadinessCheckScript');
  const command = [...readPrefix(facts, initialDelaySeconds), ...script, String(containerPort()), ...registrations()];
  return { command, initialDelaySeconds, periodSeconds: PERIOD };
}

function readSwitch(field: Field, whenUnset: () => boolean): boolean {
  return field.isSet ? readFlag(field, { default: false, whenNull: false }) : whenUnset();
}

function readPrefix({ system }: Inputs, initialDelaySeconds: number): readonly string[] {
  return system.once(`readiness prefix ${initialDelaySeconds}`, () => filledPrefix(system, initialDelaySeconds));
}

function filledPrefix(system: SystemKeys, initialDelaySeconds: number): readonly string[] {
  const values = { initial_delay: String(initialDelaySeconds), period_seconds: String(PERIOD) };
  const template = system.get('readinessCheckPrefixTemplate');
  return template.map((word, index) => {
    const filled = interpolate(word, values);
    if (filled.kind === 'text') return filled.text;
    const field = system.field('readinessCheckPrefixTemplate', template).at(index);
    field.error(
      'bad-template',
      `${field.name} has ${filled.problem}`,
      'known fields are {initial_delay} and {period_seconds}',
    );
    return word;
  });
}
