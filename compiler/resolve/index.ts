export { deepMerge } from './merge.ts';
export { resolveService, type ResolveOptions, type ServiceResolution } from './resolve-service.ts';
