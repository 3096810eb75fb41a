import { isMap } from '../../model/yaml-value.ts';
import { quoted, type NamespaceCheck, type NamespaceFinding, type NamespaceInput } from './namespace-check.ts';
import { mapAt, textAt, valueAt } from './read-values.ts';

const PLUGINS = ['logging', 'path_based_routing', 'source_required'] as const;
const BALANCES = ['leastconn', 'roundrobin'];

/** Settings that have no effect on the HAProxy that is rendered. Only meaningful where it is. */
export const checkDropped: NamespaceCheck = (input) => {
  if (!input.isSynapseRendered) return [];
  return [...droppedKeys(input), ...droppedPlugins(input), ...droppedInTcp(input)];
};

function droppedKeys({ keys, path }: NamespaceInput): readonly NamespaceFinding[] {
  const balance = valueAt(keys, 'balance');
  const isBalance = balance === undefined || (typeof balance === 'string' && BALANCES.includes(balance));
  const dropped: [string, string][] = [];
  if (valueAt(keys, 'allredisp') === true) dropped.push(['allredisp', 'allredisp is a private patch of HAProxy']);
  if (!isBalance) dropped.push(['balance', `balance has no value ${quoted(String(balance as string))}`]);
  if (valueAt(keys, 'routes') !== undefined) dropped.push(['routes', 'nothing reads routes any more']);
  return dropped.map(([key, message]) => drop(`${message}: it is not rendered`, [...path, key]));
}

function droppedPlugins({ keys, path }: NamespaceInput): readonly NamespaceFinding[] {
  const plugins = mapAt(keys, 'plugins');
  const enabled = PLUGINS.filter((plugin) => {
    const settings = valueAt(plugins, plugin);
    return isMap(settings) && valueAt(settings, 'enabled') === true;
  });
  return enabled.map((plugin) =>
    drop(`the Lua plugin ${plugin} is not rendered`, [...path, 'plugins', plugin, 'enabled']),
  );
}

function droppedInTcp({ keys, path }: NamespaceInput): readonly NamespaceFinding[] {
  const mode = textAt(keys, 'mode') ?? 'http';
  if (mode === 'http') return [];
  const passed = `mode ${mode} passes through HAProxy as bytes`;
  const needsRequests = ['extra_headers', 'endpoint_timeouts', 'proxied_through', 'is_proxy', 'keepalive'];
  const set = needsRequests.filter((key) => {
    const value = valueAt(keys, key);
    return value !== undefined && value !== false && !(isMap(value) && Object.keys(value).length === 0);
  });
  return [
    ...(mode === 'tcp' ? [] : [drop(`${passed}, as tcp does: requests are not read`, [...path, 'mode'])]),
    ...set.map((key) => drop(`${passed}, so ${key} has no effect`, [...path, key])),
  ];
}

function drop(message: string, path: NamespaceFinding['path']): NamespaceFinding {
  return { severity: 'warning', code: 'smartstack-dropped', message, path };
}
