export { DEFAULT_BUDGET, type Budget } from './budget.ts';
export { parseJson } from './parse-json.ts';
export type { ParseOptions, ParseResult } from './parse-result.ts';
export { parseYaml } from './parse-yaml.ts';
