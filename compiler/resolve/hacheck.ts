import { canonicalResource } from '../emit/quantity.ts';
import type { HacheckSidecar, ResolvedMesh, Resources } from '../model/resolved-instance.ts';
import { isNumeric, toNumber } from '../model/yaml-value.ts';
import type { Facts, Inputs } from './facts.ts';
import type { Field } from './field.ts';
import { HACHECK } from './instance-names.ts';
import { interpolate } from './interpolate.ts';
import { readEntries, readFlag, readMap, shown } from './readers.ts';
import { checkRegistrations } from './smartstack/check-registrations.ts';
import { readWeight, resolveNerve } from './smartstack/nerve-sidecar.ts';

type Quantities = Record<string, number | string | null>;

/** PaaSTA: `DEFAULT_SIDECAR_REQUEST`. */
const DEFAULT_REQUESTS: Quantities = { cpu: 0.1, memory: '1024Mi', 'ephemeral-storage': '256Mi' };
/** Seconds; both what PaaSTA uses for the first check and its period. */
const PERIOD = 10;

/** What the mesh adds to the pod; null outside the mesh. Key `weight`: share of the traffic, 10. */
export function resolveMesh(facts: Facts): ResolvedMesh | null {
  const { journal, mesh } = facts;
  checkRegistrations(facts);
  if (!journal.member('mesh', () => mesh().isInMesh)) return null;
  const weight = journal.member('mesh.weight', () => readWeight(facts));
  const nerveResources = () => resolveSidecarResources(facts, 'nerve');
  const nerve = journal.member('mesh.nerve', () => resolveNerve(facts, nerveResources));
  return { weight, hacheck: resolveHacheck(facts), nerve };
}

/** PaaSTA: `get_hacheck_sidecar_container`. */
function resolveHacheck(facts: Facts): HacheckSidecar {
  const { journal, system, drainSeconds } = facts;
  return {
    image: journal.member('mesh.hacheck.image', () => system.get('hacheckSidecarImageUrl')),
    drainSeconds: journal.member('mesh.hacheck.drainSeconds', () => drainSeconds() + 1),
    resources: journal.member('mesh.hacheck.resources', () => resolveSidecarResources(facts, HACHECK)),
    readiness: journal.member('mesh.hacheck.readiness', () => resolveReadiness(facts)),
  };
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

/**
 * Requests: PaaSTA's own, or the system's `sidecar_requirements_config.NAME` as a whole, and over either of them key
 * `sidecar_resource_requirements.NAME.requests`. Limits: the requests, and over them its `limits`.
 */
function resolveSidecarResources({ keys, system }: Inputs, name: string): Resources {
  const configured = system.get('sidecarRequirements');
  const base = { ...DEFAULT_REQUESTS };
  if (Object.hasOwn(configured, name)) {
    const field = system.field('sidecarRequirements', configured).at(name);
    for (const key of Object.keys(base)) base[key] = readQuantity(field.at(key));
  }
  const own = readMap(readMap(keys.field('sidecar_resource_requirements')).at(name));
  const requests = { ...base, ...readQuantities(own.at('requests')) };
  return { requests, limits: { ...requests, ...readQuantities(own.at('limits')) } };
}

function readQuantities(field: Field): Quantities {
  return Object.fromEntries(readEntries(readMap(field)).map(([name, value]) => [name, readQuantity(value)]));
}

function readQuantity(field: Field): number | string | null {
  field.note(() => `PaaSTA: ${field.name} unset`);
  const { value } = field;
  if (value === undefined || value === null) return null;
  const quantity = isNumeric(value) ? toNumber(value) : value;
  if (typeof quantity === 'number' && quantity >= 0 && Number.isFinite(quantity)) return quantity;
  if (typeof quantity === 'string' && canonicalResource(quantity) !== undefined) return quantity;
  field.error('bad-quantity', `${field.name} is ${shown(value)}, expected a quantity such as 0.5, 500m or 128Mi`);
  return null;
}
