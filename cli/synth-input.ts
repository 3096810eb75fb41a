import type { CompileInput } from '../compiler/compile.ts';
import type { TreeReader } from '../compiler/model/tree-reader.ts';
import type { UserConstructs } from '../compiler/render/index.ts';
import type { Project } from './project.ts';
import { scopeOf } from './scope.ts';
import { isOn, type OptionValues } from './verb.ts';

/** What `synth` compiles with, in any of its threads. */
export function synthInput(
  values: OptionValues,
  project: Project,
  constructs: readonly UserConstructs[],
  readers: { readonly soa: TreeReader; readonly system: TreeReader },
): CompileInput {
  return {
    ...readers,
    scope: scopeOf(values),
    filePer: project.filePer,
    constructs,
    verbose: isOn(values, 'verbose'),
    hasMesh: !isOn(values, 'no-mesh'),
    strict: isOn(values, 'strict'),
    severity: project.severity,
    ...(isOn(values, 'no-validate') && { checks: false as const }),
  };
}
