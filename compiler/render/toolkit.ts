/** What rendering needs of cdk8s and of our constructs, in one module that is loaded on demand. */
export { App, Chart } from 'cdk8s';
export * from '../../constructs/index.ts';
export { runtimeJson } from '../../constructs/_runtime-json.ts';
export { synapseEntries } from '../../constructs/_synapse-entries.ts';
export { shardOf } from '../../constructs/_synapse-names.ts';
