export { DEFAULT_BUDGET, type Budget } from './budget.ts';
export { parseYaml, type ParseOptions, type ParseResult } from './parse-yaml.ts';
