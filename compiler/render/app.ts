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
  readonly namespace?: string;
  /** Users' constructs, made with another copy of cdk8s, take part. */
  readonly hasForeignObjects: boolean;
}

/**
 * Manifests of one chart in an App of its own: cdk8s resolves and validates the whole App for each chart, so that small
 * Apps keep the cost linear and one chart's failed validation away from the others. Throws what `build` and validations throw.
 *
 * Our own constructs depend on nothing, validate nothing and stand directly below the chart, and whoever asks puts their objects
 * in order: without foreign ones, cdk8s's graphs of dependencies would cost more than the constructs, and one chart does for all.
 */
export function synthesise(toolkit: Toolkit, options: ChartOptions, build: (chart: Chart) => void): unknown[] {
  if (!options.hasForeignObjects) return plainManifests(toolkit, build);
  const { App, Chart } = toolkit;
  const app = new App({ resolvers: [foreignLazyResolver] });
  const chart = new Chart(app, options.id, options.namespace === undefined ? {} : { namespace: options.namespace });
  build(chart);
  return app.node
    .findAll()
    .filter((construct) => Chart.isChart(construct))
    .flatMap((each) => each.toJson() as unknown[]);
}

/** The chart below which our own constructs stand while their manifests are taken: they name everything themselves. */
let ownChart: Chart | undefined;

function plainManifests({ App, Chart, PlainApiObject }: Toolkit, build: (chart: Chart) => void): unknown[] {
  const chart = ownChart ?? new Chart(new App(), 'own');
  ownChart = undefined;
  build(chart);
  const manifests: unknown[] = [];
  for (const object of chart.apiObjects) {
    manifests.push(PlainApiObject.manifestOf(object));
    chart.node.tryRemoveChild(object.node.id);
  }
  ownChart = chart;
  return manifests;
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
