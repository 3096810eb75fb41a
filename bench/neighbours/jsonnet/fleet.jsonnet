// One file an instance: jsonnet -m OUT --ext-code-file values=VALUES.json fleet.jsonnet
local objects = import 'instance.libsonnet';
{
  [i.cluster + '.' + i.namespace + '.' + i.name + '.json']: objects(i)
  for i in std.extVar('values').instances
}
