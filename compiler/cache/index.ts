export { KeptEntry, parseCache, serialiseCache } from './cache-entry.ts';
export {
  CompileCache,
  type CompileCacheOptions,
  type Foundation,
  type Recalled,
  type Recording,
} from './compile-cache.ts';
export { type Dependency, listId, readId, settled } from './dependency.ts';
export { digest, textOfData } from './digest.ts';
