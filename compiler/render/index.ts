export { type AggregateInput, type Aggregates, aggregateFiles } from './aggregate.ts';
export type { KeptOutput } from './kept-output.ts';
export { type RenderedInstance, type RenderedService, type RenderOptions, renderService } from './render-service.ts';
export { summariseCluster, type SummaryInput } from './summarise.ts';
export { type UserConstructs, userConstructsOf } from './user-constructs.ts';
