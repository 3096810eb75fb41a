import { App, Chart } from 'cdk8s';
import type { KubeObject } from '../../compiler/model/rendered-file.ts';
import type { ResolvedInstance } from '../../compiler/model/resolved-instance.ts';
import { type RenderedService, renderService, type RenderOptions } from '../../compiler/render/index.ts';
import type { ExtendInstance } from '../../constructs/index.ts';

/** What a chart renders that holds just what `build` adds. */
export function manifestsOf(build: (chart: Chart) => void): readonly KubeObject[] {
  const chart = new Chart(new App(), 'test');
  build(chart);
  return chart.toJson() as KubeObject[];
}

/** The only manifest that `build` makes. */
export function manifestOf<T = KubeObject>(build: (chart: Chart) => void): T {
  const manifests = manifestsOf(build);
  if (manifests.length !== 1) throw new Error(`expected one manifest, found ${manifests.length}`);
  return manifests[0] as T;
}

/** Renders instances of one service with the options that a test does not care about. */
export function render(
  instances: readonly ResolvedInstance[],
  options: Partial<RenderOptions> = {},
): Promise<RenderedService> {
  return renderService(instances, { filePer: 'instance', constructs: [], verbose: false, ...options });
}

/** Renders one instance with one module of users' constructs. */
export function renderWith(extend: ExtendInstance, instance: ResolvedInstance): Promise<RenderedService> {
  return render([instance], { constructs: [{ module: 'constructs/team.mjs', extend }] });
}
