export { type AggregateInput, type Aggregates, aggregateFiles } from './aggregate.ts';
export type { KeptOutput } from './kept-output.ts';
export { type RenderedInstance, type RenderedService, type RenderOptions, renderService } from './render-service.ts';
export { sensuService, type SensuService } from './sensu.ts';
export type { EarlierTexts } from './sensu-kept.ts';
export { summariseCluster, type SummaryInput } from './summarise.ts';
export { type UserConstructs, userConstructsOf } from './user-constructs.ts';
