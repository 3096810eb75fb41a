export { type CacheEntry, KeptEntry, parseCache, serialiseCache, serialiseEntries } from './cache-entry.ts';
export { CompileCache, type CompileCacheOptions, type Foundation, type Recalled } from './compile-cache.ts';
export { type Dependency, listId, readId, settled, tickOf } from './dependency.ts';
export { digest, digestOfAll, textOfData } from './digest.ts';
export { type Recording, recordLooks } from './recording.ts';
