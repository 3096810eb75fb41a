/** What rendering needs of cdk8s and of our constructs, in one module that is loaded on demand. */
export { App, Chart } from 'cdk8s';
export * from '../../constructs/index.ts';
