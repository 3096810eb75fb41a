/** What `{cluster}`, `{instance}` and `{service}` stand for in a deploy group. */
export interface DeployGroupFacts {
  readonly cluster: string;
  readonly instance: string;
  readonly service: string;
}

/** The deploy group of an instance that sets none: its control branch. PaaSTA: `get_deploy_group`. */
export function defaultDeployGroup({ cluster, instance }: DeployGroupFacts): string {
  return `${cluster}.${instance}`;
}

/**
 * A `deploy_group` as written, with `{cluster}`, `{instance}` and `{service}` filled in; `{{` and `}}` are literal braces.
 * Anything else in braces, or a brace alone, is a problem: Python's `format`, which PaaSTA uses, fails there.
 */
export function formatDeployGroup(
  text: string,
  facts: DeployGroupFacts,
): { readonly group: string } | { readonly problem: string } {
  let problem: string | undefined;
  const group = text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (match, name: string | undefined) => {
    if (match === '{{') return '{';
    if (match === '}}') return '}';
    if (name === undefined) problem ??= `"${match}" stands alone: write "${match}${match}" for a brace`;
    else if (name === 'cluster' || name === 'instance' || name === 'service') return facts[name];
    else problem ??= `"{${name}}" is not known here: use {cluster}, {instance} or {service}`;
    return match;
  });
  return problem === undefined ? { group } : { problem };
}
