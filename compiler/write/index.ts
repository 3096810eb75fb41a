export type { EarlierFile, GuardRefusal, RunScope } from './plan-removals.ts';
export {
  type FinishOptions,
  type ServiceOutput,
  TreeWriter,
  type TreeWriterOptions,
  type WriteResult,
} from './tree-writer.ts';
export { type Look, TreeWatch } from './tree-watch.ts';
