import type { Chart, IResolver } from 'cdk8s';

/** cdk8s and our constructs, loaded only when something has to be rendered. */
export type Toolkit = typeof import('./toolkit.ts');

let loading: Promise<Toolkit> | undefined;

/** The toolkit; loading it takes longer than rendering a service, so a run that renders nothing should not ask for it. */
export function loadToolkit(): Promise<Toolkit> {
  loading ??= import('./toolkit.ts');
  return loading;
}

export interface ChartOptions {
  /** Construct id: first part of the names that cdk8s makes up for objects without one. */
  readonly id: string;
  /** Default namespace of the chart's objects. */
  readonly namespace: string;
}

/**
 * Manifests of one chart with users' constructs, made with another copy of cdk8s, in an App of its own: cdk8s resolves and validates
 * the whole App for each chart, so that small Apps keep the cost linear and one chart's failed validation away from the others. Throws
 * what `build` and validations throw.
 */
export function synthesise(
  { App, Chart }: Toolkit,
  { id, namespace }: ChartOptions,
  build: (chart: Chart) => void,
): unknown[] {
  const app = new App({ resolvers: [foreignLazyResolver] });
  const chart = new Chart(app, id, { namespace });
  build(chart);
  return app.node
    .findAll()
    .filter((construct) => Chart.isChart(construct))
    .flatMap((each) => each.toJson() as unknown[]);
}

/** cdk8s knows a `Lazy` by its class, which differs between copies of cdk8s; this one knows it by its method. */
const foreignLazyResolver: IResolver = {
  resolve(context) {
    const value: unknown = context.value;
    if (typeof value === 'object' && value !== null && 'produce' in value && typeof value.produce === 'function') {
      context.replaceValue((value as { produce(): unknown }).produce());
    }
  },
};
