import { compile, type Compilation, type CompileInput, type CompileSink } from '../compiler/compile.ts';
import type { RenderedFile } from '../compiler/model/rendered-file.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';

/** What was rendered of a cluster. */
export interface Rendering {
  readonly compilation: Compilation;
  readonly files: readonly RenderedFile[];
  /** Nothing could be rendered. */
  readonly isBlocked: boolean;
}

/** Part of a cluster that is rendered. */
export interface RenderedPart {
  readonly soa: TreeReader;
  readonly system: TreeReader;
  readonly cluster: string;
  readonly constructs: CompileInput['constructs'];
  readonly services?: readonly string[];
  readonly instances?: readonly string[];
  readonly filePer?: CompileInput['filePer'];
}

/** Renders part of a cluster, without checks; `read` is told when a service has been read, and null when what all share has. */
export async function renderInMemory(
  { soa, system, cluster, constructs, services, instances, filePer = 'object' }: RenderedPart,
  read: (service: string | null) => void = () => undefined,
): Promise<Rendering> {
  const files: RenderedFile[] = [];
  let isBlocked = true;
  const sink: CompileSink = {
    begin() {
      isBlocked = false;
      read(null);
    },
    service(service, made) {
      files.push(...made);
      read(service);
    },
    kept: () => null,
    aggregates: () => undefined,
    progress: () => undefined,
  };
  const scope = { clusters: [cluster], ...(services && { services }), ...(instances && { instances }) };
  const compilation = await compile(
    { soa, system, scope, constructs, checks: false, filePer, verbose: false, strict: false, severity: {} },
    sink,
  );
  return { compilation, files, isBlocked: isBlocked || compilation.failedClusters.length > 0 };
}

/** Instances that errors hold back: `service.instance`. */
export function failedOf({ compilation }: Rendering): ReadonlySet<string> {
  return new Set(compilation.clusters.flatMap(({ failed }) => failed));
}
