export type { EarlierFile, GuardRefusal, RunScope } from './plan-removals.ts';
export {
  type FinishOptions,
  type ServiceOutput,
  TreeWriter,
  type TreeWriterOptions,
  type WriteResult,
} from './tree-writer.ts';
export { TreeWatch } from './tree-watch.ts';
