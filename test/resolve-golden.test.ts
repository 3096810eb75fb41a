import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResolvedInstance } from '../compiler/model/resolved-instance.ts';
import { resolveService } from '../compiler/resolve/index.ts';
import { GOLDEN, goldenReader } from './support/golden-tree.ts';
import { loadTree } from './support/sources.ts';

/** What PaaSTA's getters answered for one instance. */
interface Derived {
  readonly instance_type: string;
  readonly deploy_group: string;
  readonly docker_image: string;
  readonly docker_url: string;
  readonly image_version: string | null;
  readonly desired_state: string;
  readonly force_bounce: string | null;
  readonly kubernetes_name: string;
  readonly kubernetes_namespace: string;
  readonly pool: string;
  readonly team: string | null;
  readonly registrations: readonly string[];
  readonly autoscaling_enabled: boolean;
  readonly min_instances: number;
  readonly max_instances: number | null;
  readonly bounce_method: string;
  readonly bounce_margin_factor: number;
  readonly bounce_overprovision_factor: number;
  readonly weight: number;
  readonly is_in_smartstack: boolean;
  readonly healthcheck: {
    readonly mode: string | null;
    readonly uri: string;
    readonly grace_period_seconds: number;
    readonly interval_seconds: number;
    readonly timeout_seconds: number;
    readonly max_consecutive_failures: number;
  };
  readonly termination_grace_period: number | null;
  readonly autoscaling_params?: { readonly metrics_providers: readonly Record<string, unknown>[] };
}

interface GoldenFile {
  readonly derived?: Derived;
  readonly git_sha?: string;
  readonly skipped?: unknown;
  readonly statefulset?: { readonly spec: { readonly replicas: number } };
  readonly deployment?: { readonly spec: { readonly replicas: number } };
}

const soa = goldenReader('soa-configs');
const system = goldenReader('etc-paasta');
const services = readdirSync(join(GOLDEN, 'soa-configs'), { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && !entry.name.startsWith('_'),
);

for (const cluster of ['norcal-dev', 'pnw-prod', 'pnw-stage']) {
  const tree = loadTree(soa, system, cluster);
  const resolutions = services.map(({ name }) => resolveService(tree.service(name), tree.config, tree.shared));
  const resolved = new Map(
    resolutions.flatMap((r) => r.instances).map((each) => [`${each.service}.${each.instance}`, each]),
  );

  test(`${cluster}: everything that PaaSTA deploys is resolved, without an error`, () => {
    const deployed = goldenFiles(cluster).filter(([, file]) => file.skipped === undefined);
    assert.equal([...resolved.keys()].sort(), deployed.map(([id]) => id).sort());
    assert.equal(
      resolutions.flatMap(({ failed }) => failed),
      [],
    );
  });

  for (const [id, { derived, git_sha: gitSha, deployment, statefulset }] of goldenFiles(cluster)) {
    if (derived === undefined) continue;
    test(`${cluster}: ${id} means what PaaSTA's getters say`, () => {
      const instance = resolved.get(id)!;
      assert.equal(factsOf(instance), expectedFacts(derived));
      assert.equal(probesOf(instance), expectedProbes(derived));
      if (gitSha !== undefined) assert.is(instance.version.gitSha, gitSha);
      assert.equal(strategyOf(instance), statefulset === undefined ? expectedStrategy(derived) : null);
      const rendered = (deployment ?? statefulset)?.spec.replicas;
      if (!derived.autoscaling_enabled && rendered !== undefined) assert.is(instance.scaling.replicas, rendered);
    });
  }
}

function factsOf({ pod, version, scaling, mesh, ...instance }: ResolvedInstance) {
  return {
    type: instance.type,
    deployGroup: instance.deployGroup,
    image: version.image,
    dockerImage: version.dockerImage,
    imageVersion: version.imageVersion,
    desiredState: instance.desiredState,
    forceBounce: instance.forceBounce,
    name: instance.name,
    namespace: instance.namespace,
    pool: pod.marks.pool,
    team: instance.team,
    registrations: instance.registrations,
    isAutoscaled: scaling.isAutoscaled,
    isInMesh: mesh !== null,
    weight: mesh?.weight ?? null,
    gracePeriod: pod.terminationGracePeriodSeconds,
    providers: scaling.isAutoscaled ? scaling.providers.map(({ type, setpoint }) => [type, setpoint]) : [],
    limits: scaling.autoscaler === null ? null : [scaling.autoscaler.minReplicas, scaling.autoscaler.maxReplicas],
  };
}

function expectedFacts(derived: Derived): ReturnType<typeof factsOf> {
  const providers = derived.autoscaling_params?.metrics_providers ?? [];
  const isScaled =
    derived.autoscaling_enabled && derived.desired_state === 'start' && providers[0]?.['decision_policy'] !== 'bespoke';
  return {
    type: derived.instance_type as ResolvedInstance['type'],
    deployGroup: derived.deploy_group,
    image: derived.docker_url,
    dockerImage: derived.docker_image,
    imageVersion: derived.image_version,
    desiredState: derived.desired_state,
    forceBounce: derived.force_bounce,
    name: derived.kubernetes_name,
    namespace: derived.kubernetes_namespace,
    pool: derived.pool,
    team: derived.team,
    registrations: derived.registrations,
    isAutoscaled: derived.autoscaling_enabled,
    isInMesh: derived.is_in_smartstack,
    weight: derived.is_in_smartstack ? derived.weight : null,
    gracePeriod: derived.termination_grace_period,
    providers: providers.map(({ type, setpoint }) => [type as string, setpoint as number]),
    limits: isScaled ? [derived.min_instances, derived.max_instances!] : null,
  };
}

function probesOf({ pod }: ResolvedInstance) {
  const { liveness, readiness } = pod.main;
  const { action, ...times } = liveness ?? { action: null };
  const mode = action?.type === 'http' ? action.scheme.toLowerCase() : action?.type === 'exec' ? 'cmd' : action?.type;
  const uri = action?.type === 'http' ? action.path : null;
  return { mode: mode ?? null, uri, times, isAskedTwice: readiness !== null };
}

function expectedProbes({ healthcheck, is_in_smartstack: isInMesh }: Derived) {
  const { mode, uri } = healthcheck;
  const times =
    mode === null
      ? {}
      : {
          initialDelaySeconds: healthcheck.grace_period_seconds,
          periodSeconds: healthcheck.interval_seconds,
          timeoutSeconds: healthcheck.timeout_seconds,
          failureThreshold: healthcheck.max_consecutive_failures,
        };
  const isHttp = mode === 'http' || mode === 'https';
  return { mode, uri: isHttp ? uri : null, times, isAskedTwice: mode !== null && !isInMesh };
}

function strategyOf({ strategy }: ResolvedInstance): string | null {
  return strategy === null || strategy.type === 'Recreate'
    ? (strategy?.type ?? null)
    : `${strategy.maxSurge} ${strategy.maxUnavailable}`;
}

function expectedStrategy(derived: Derived): string {
  if (derived.bounce_method === 'downthenup') return 'Recreate';
  const surge = Math.floor(Math.round(derived.bounce_overprovision_factor * 10_000) / 100);
  const unavailable = derived.bounce_method === 'brutal' ? 100 : Math.floor((1 - derived.bounce_margin_factor) * 100);
  return `${surge}% ${unavailable}%`;
}

function goldenFiles(cluster: string): readonly (readonly [string, GoldenFile])[] {
  const folder = join(GOLDEN, 'expected', cluster);
  return readdirSync(folder)
    .filter((name) => !name.startsWith('_'))
    .map((name) => [
      name.slice(0, -'.json'.length),
      JSON.parse(readFileSync(join(folder, name), 'utf8')) as GoldenFile,
    ]);
}

test.run();
