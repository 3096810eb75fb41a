import { emitDocument } from '../emit/yaml.ts';
import { HEADER } from '../model/rendered-file.ts';
import type { AdapterRule } from '../model/service-summary.ts';

/** prometheus-adapter's configuration file, with an explicit document start as PaaSTA writes it. */
export function adapterConfig(rules: readonly AdapterRule[]): string {
  return `---${emitDocument({ rules }).slice(HEADER.length)}`;
}

/** The rules in a parsed configuration file; null when it does not look like one. */
export function rulesOf(config: unknown): readonly AdapterRule[] | null {
  if (typeof config !== 'object' || config === null || !('rules' in config)) return null;
  const { rules } = config;
  return Array.isArray(rules) && rules.every(isRule) ? rules : null;
}

function isRule(rule: unknown): rule is AdapterRule {
  if (typeof rule !== 'object' || rule === null || !('name' in rule)) return false;
  const { name } = rule;
  return typeof name === 'object' && name !== null && 'as' in name && typeof name.as === 'string';
}
