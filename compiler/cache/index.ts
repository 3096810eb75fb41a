export { type CacheEntry, parseCache, serialiseCache } from './cache-entry.ts';
export { CompileCache, type CompileCacheOptions, type Recalled, type Recording } from './compile-cache.ts';
export { digest, textOfData } from './digest.ts';
