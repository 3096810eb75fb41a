// A file an object of the target's instance.
local objects = import 'instance.libsonnet';
local values = std.native('inventory')(std.extVar('target'), 'inventory/').parameters.values;
{ [object.kind]: object for object in objects(values) }
