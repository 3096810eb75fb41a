export { authorizedServices, compareAuthenticating } from './authenticating.ts';
export { createForeignCache, type ForeignCache } from './foreign-smartstack.ts';
export { listServices } from './list-services.ts';
export { readDocument } from './read-document.ts';
export { loadService, type LoadOptions } from './service-sources.ts';
export { loadShared, type SharedOptions } from './shared-sources.ts';
export { loadSystemConfig, type SystemConfig } from './system-config.ts';
