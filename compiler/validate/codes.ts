import type { FindingClass } from './finding.ts';

/** What a code is about. */
export type CodeGroup = 'syntax' | 'schema' | 'cross-file' | 'policy' | 'mesh' | 'system' | 'output' | 'project';

/** One kind of finding. */
export interface CodeEntry {
  readonly group: CodeGroup;
  /** Classes it can have, the usual one first. */
  readonly classes: readonly FindingClass[];
  /** What it says about the input, in one sentence. */
  readonly meaning: string;
  /** What to do about it. */
  readonly fix: string;
}

type Row = readonly [classes: string, meaning: string, fix: string];

const SYNTAX: Readonly<Record<string, Row>> = {
  'duplicate-key': ['policy', 'A key stands twice in a map; the last one counts.', 'Remove one of them.'],
  'json-syntax': ['error', 'The file is not JSON.', 'Repair it at the place named.'],
  'non-string-instance': ['error', 'The name of an instance is a boolean or a number to YAML.', 'Put it in quotes.'],
  'not-a-map': ['error policy', 'The file holds a list or a value where a map is wanted.', 'Write keys and values.'],
  'not-utf8': ['error', 'The file is not UTF-8.', 'Save it as UTF-8.'],
  'unreadable-directory': [
    'error',
    'A directory cannot be listed, or a symlink in its place leads nowhere.',
    'Give this user permission to read it, or bring back what the symlink leads to.',
  ],
  'unreadable-file': [
    'error',
    'A file exists and cannot be read, is a directory, or is a symlink that leads nowhere.',
    'Give this user permission to read it, or put a file there.',
  ],
  'unsafe-key': ['error', 'A key would change how programs behave.', 'Rename it.'],
  'unsafe-name': [
    'error',
    'A name has characters that cannot stand in paths and object names. Nothing lowers this.',
    'Use letters, digits, ".", "_" and "-" only.',
  ],
  'unsafe-symlink': ['error', 'A symlink leads out of the tree. Nothing lowers this.', 'Copy the file into the tree.'],
  'yaml-bad-merge': ['error', '`<<` has a value that cannot be merged.', 'Give it a map or a list of maps.'],
  'yaml-bad-scalar': ['error', 'A value cannot be read as its type.', 'Put it in quotes.'],
  'yaml-budget': ['error', 'The file is larger or deeper than allowed, expanded aliases included.', 'Split the file.'],
  'yaml-character': [
    'error',
    'The file holds a character that YAML does not allow, or that readers of YAML take differently.',
    'Remove it.',
  ],
  'yaml-complex-key': ['error', 'A key is a list or a map.', 'Write a text.'],
  'yaml-date': ['warning', 'A date is used as a value; programs get the text that Python prints.', 'Put it in quotes.'],
  'yaml-documents': ['error', 'The file holds several documents.', 'Keep one.'],
  'yaml-duplicate-anchor': ['warning error', 'An anchor is defined twice.', 'Rename one of them.'],
  'yaml-key-collision': ['error', 'Two keys differ in type only, such as 1 and "1".', 'Rename one of them.'],
  'yaml-recursive-alias': ['error', 'An alias stands inside what it means.', 'Write the value out.'],
  'yaml-syntax': ['error', 'The file is not YAML.', 'Repair it at the place named.'],
  'yaml-tag': ['error', 'A value has a tag that nothing reads.', 'Remove the tag.'],
  'yaml-two-merges': ['policy error', 'A map has two `<<`; only the last one counts.', 'Write one `<<` with a list.'],
  'yaml-unknown-alias': ['error', 'An alias has no anchor above it.', 'Define the anchor first.'],
};

const SCHEMA: Readonly<Record<string, Row>> = {
  'bad-name': ['policy error', 'A key is no legal name at its place.', 'Rename it as the message says.'],
  'bad-value': ['error policy warning', 'A value has the wrong type or is out of range.', 'Write what was expected.'],
  'conflicting-key': ['policy error', 'A key cannot stand beside another one.', 'Remove one of them.'],
  'deprecated-key': ['warning', 'A key still works and should no longer be used.', 'Use what the message names.'],
  'duplicate-item': ['policy error', 'An item stands twice in a list.', 'Remove one of them.'],
  'eks-only-key': [
    'policy',
    'PaaSTA accepts the key in eks-CLUSTER.yaml only.',
    'Move the instance to eks-CLUSTER.yaml.',
  ],
  'empty-map': ['policy', 'A map has no keys.', 'Add a key, or remove it.'],
  'missing-key': ['policy error', 'A key that must be there is not.', 'Add it.'],
  'no-effect': ['info warning', 'Nothing on Kubernetes reads the key.', 'Remove it, or leave it for other programs.'],
  'service-wide-key': ['info', 'A key of service.yaml is a default of all instances.', 'Nothing, if that is meant.'],
  'unknown-key': ['policy warning error', 'A key that does not exist at its place.', 'Write the key that was meant.'],
  'unlisted-key': ['policy', "PaaSTA reads the key, and PaaSTA's validation refuses it.", 'Remove it.'],
};

const CROSS_FILE: Readonly<Record<string, Row>> = {
  'authenticating-differs': [
    'warning',
    'authenticating.yaml differs from what the authorization.yaml files say.',
    'Generate it again, or remove it.',
  ],
  'bad-deploy-group': [
    'error',
    'The deploy group has a field that cannot be filled in.',
    'Use {cluster}, {instance}, {service}.',
  ],
  'bad-deployment': ['error', 'The entry of a deploy group in deployments.json is unusable.', 'Generate it again.'],
  'bad-deployments': ['error warning', 'deployments.json has another shape than PaaSTA writes.', 'Generate it again.'],
  'bad-duration': ['error policy', 'A text is no duration.', 'Write digits and units, such as "10m".'],
  'bad-env-name': ['error policy', 'A name is no legal environment variable.', 'Use letters, digits and _.'],
  'bad-image': ['error', 'The image reference is no legal one.', 'Repair docker_image or docker_url.'],
  'bad-instance': ['error', 'An instance is not a map of keys.', 'Write keys below it, or {}.'],
  'bad-key-name': ['error', 'The name of a key file cannot stand in a path.', 'Rename the key.'],
  'bad-label-key': ['error', 'A text is no legal name of a label.', 'Use letters, digits, -, _ and .'],
  'bad-label-value': ['error', 'A text is no legal value of a label.', 'At most 63 letters, digits, -, _ and .'],
  'bad-mode': ['error', 'A file mode is no octal number up to 0777.', 'Write such as "0440".'],
  'bad-monitoring': ['error policy warning', 'A monitoring setting cannot be used.', 'Write what was expected.'],
  'bad-namespace': ['error', 'The namespace is no legal name for Kubernetes.', 'Use lower-case letters, digits and -.'],
  'bad-node-selector': ['error', 'A node selector cannot be rendered.', 'Write what was expected.'],
  'bad-object-name': ['error', 'A name that objects get is illegal in Kubernetes.', 'Rename what it is made from.'],
  'bad-part-name': [
    'error',
    'The name of a container, volume or port would be illegal.',
    'Rename what it is made from.',
  ],
  'bad-path': [
    'error',
    'A mount path has a ":", a host path has a "..", or a secret would lie outside of its volume.',
    'Write a path without it.',
  ],
  'bad-port-file': ['warning', 'The file `port` holds no number.', 'Remove it.'],
  'bad-quantity': ['error', 'A text is no quantity.', 'Write such as "512Mi".'],
  'bad-resource': ['error', 'A resource is no amount that Kubernetes takes.', 'Write a number in range.'],
  'bad-registration': [
    'policy error warning',
    'A registration has other parts than service and namespace.',
    'Write "service.namespace".',
  ],
  'bad-secret': ['error', 'A secret file cannot be used.', 'Write it again with the secrets tool.'],
  'bad-secret-reference': [
    'policy warning',
    'A value looks like a secret reference and is none.',
    'Write SECRET(name) as the whole value.',
  ],
  'bad-strategy': ['error', 'The settings give no usable update strategy.', 'Change the bounce settings.'],
  'bad-template': ['error', 'A template of the system configuration cannot be filled in.', 'Repair the template.'],
  'broken-secret': ['error', 'An instance refers to a secret file that cannot be used.', 'Repair the file.'],
  'cmd-and-args': ['error', '`cmd` and `args` are both set.', 'Remove one of them.'],
  'deprecated-volume': ['warning', 'The kind of volume is deprecated in Kubernetes.', 'Use persistent_volumes.'],
  'differs-from-paasta': ['info', 'PaaSTA has a defect here; the manifest holds what was meant.', 'Nothing.'],
  'disabled-deploy-group': ['warning', 'The only step that deploys a group is disabled.', 'Enable the step.'],
  'duplicate-constraint': ['error', 'Two topology constraints have the same key.', 'Remove one of them.'],
  'duplicate-instance': ['policy', 'An instance name occurs twice in a cluster.', 'Rename one of them.'],
  'duplicate-mount': ['error warning', 'Two volumes have the same place in the container.', 'Remove one of them.'],
  'duplicate-volume': ['error', 'Two volumes get the same name.', 'Change one of their paths.'],
  'ebs-bounce-method': [
    'error',
    'A volume of one node needs bounce_method downthenup.',
    'Set bounce_method: downthenup.',
  ],
  'ebs-replicas': ['error', 'A volume of one node cannot serve several replicas.', 'Set instances: 1.'],
  'env-not-text': [
    'warning info',
    'An environment value is no text; programs get what Python prints.',
    'Put it in quotes.',
  ],
  'fixed-autoscaler': [
    'info',
    'min_instances and max_instances leave the autoscaler no room.',
    'Set them apart, or use instances.',
  ],
  'ignored-key': ['warning', 'A key has no effect beside the others.', 'Remove it.'],
  'ignored-node-selector': ['warning', 'A node selector has no effect.', 'Remove it.'],
  'incomplete-authenticating': [
    'error',
    'The list of authenticating services cannot be derived.',
    'Repair the file named.',
  ],
  'min-above-max': ['error policy', '`min_instances` is above `max_instances`.', 'Lower it.'],
  'missing-instance': ['error', 'There is no instance of that name.', 'Correct the name.'],
  'missing-service': ['error', 'There is no service of that name.', 'Correct the name.'],
  'missing-soa-dir': ['error', 'The soa-configs directory does not exist.', 'Point --soa-dir at it.'],
  'empty-soa-dir': ['error', 'The soa-configs directory holds no service.', 'Point --soa-dir at the right one.'],
  'name-collision': ['error', 'Two things get the same name in Kubernetes.', 'Rename one of them.'],
  'no-autoscaler': ['warning', 'A limit of 0 switches the autoscaler off.', 'Set min_instances to at least 1.'],
  'no-docker-image': ['error', 'deployments.json names no image.', 'Generate it again.'],
  'no-docker-registry': ['error', 'Nothing says where images come from.', 'Set docker_registry.'],
  'not-acted-on': ['info', 'The file is accepted, and nothing acts on it.', 'Nothing.'],
  'not-compiled': ['info', 'The file belongs to another runtime.', 'Nothing.'],
  'not-deployed': [
    'info',
    'No version was deployed to the instance’s deploy group yet.',
    'Mark a version for the group.',
  ],
  'odd-mode': ['warning', 'A volume’s mode is neither RO nor RW.', 'Write RO or RW.'],
  'plaintext-secret': ['warning', 'A value stands in clear text under a secret’s name.', 'Use SECRET(name).'],
  'reserved-env': ['warning', 'A variable is overwritten by PaaSTA’s own.', 'Rename it.'],
  'service-account-collision': ['error', 'Two IAM roles get the same service account.', 'Rename one role.'],
  'stale-deployment': ['info', 'deployments.json names an instance that is gone.', 'Generate it again.'],
  'unknown-cluster': ['policy error', 'A file is for a cluster that no list names.', 'Correct the name.'],
  'unknown-dependencies': ['policy', '`dependencies_reference` names nothing.', 'Add it to dependencies.yaml.'],
  'unknown-deploy-group': [
    'policy',
    'The deploy group is no step of the pipeline.',
    'Add the step, or correct the name.',
  ],
  'unknown-file': ['warning', 'Nothing reads a file of that name.', 'Rename or remove it.'],
  'unsupported-storage-class': ['warning', 'The cluster does not have the storage class.', 'Use one that it has.'],
  'unused-deploy-group': ['warning', 'A step of the pipeline deploys to no instance.', 'Remove the step.'],
  'wrong-type': [
    'error policy',
    'A file at the top of the tree, or a key of the system configuration, has the wrong type.',
    'Write what was expected.',
  ],
  'yml-extension': ['policy', 'Nothing reads files that end in .yml.', 'Rename it to .yaml.'],
};

const POLICY: Readonly<Record<string, Row>> = {
  'bad-drain-parameter': ['policy', 'A parameter of `drain_method` cannot be used.', 'Write what the message names.'],
  'bad-setpoint': ['policy', 'A setpoint is out of range or not read.', 'Use a share above 0 and at most 1.'],
  'bad-suppression': [
    'warning',
    'A comment that ignores findings is not understood.',
    'Write "# paasta-gitops: ignore CODE reason".',
  ],
  'cpu-burst': [
    'policy',
    '`cpu_burst_add` above 2 without a reason.',
    'Lower it, or add "# override-cpu-burst (PROJ-123 reason)".',
  ],
  'cpu-setting': [
    'policy',
    '`cpus` and scaling on CPU do not go together as they stand.',
    'Remove cpus, or add "# override-cpu-setting (PROJ-123 reason)".',
  ],
  'default-healthcheck-uri': ['info', 'The health check asks for /status, which nobody chose.', 'Set healthcheck_uri.'],
  'duplicate-provider': ['policy', 'A type of metrics provider stands twice.', 'Remove one of them.'],
  'healthcheck-overlap': [
    'warning',
    'A health check may take longer than the time to the next.',
    'Lower the time-out.',
  ],
  'long-name': ['policy', 'A name is longer than its use allows.', 'Choose a shorter one.'],
  'missing-monitoring-file': ['policy', 'A service without monitoring.yaml.', 'Add one with a team.'],
  'missing-secret': ['policy', 'A secret has no file, or none for the cluster’s ecosystem.', 'Add the secret.'],
  'mixed-bespoke': ['policy', 'A bespoke decision policy beside other providers.', 'Keep one of them.'],
  'pool-cpu-limit': ['policy', '`cpus` does not fit the nodes of the pool.', 'Use another pool.'],
  'port-clash': ['info', '`prometheus_port` is the container port.', 'Nothing, if the metrics are served there.'],
  'scale-expired': [
    'policy',
    'A bound that was changed for a while is over.',
    'Run "paasta-gitops scale --revert-expired".',
  ],
  'several-registrations': ['policy', 'active-requests cannot follow several registrations.', 'Keep one registration.'],
  'single-replica': [
    'policy info',
    'One replica in production without a reason.',
    'Use two, or add "# override-single-replica (PROJ-123 reason)".',
  ],
  'unknown-ecosystem': [
    'policy',
    'vault_cluster_map does not have the cluster.',
    'Add it to the system configuration.',
  ],
  'unknown-pool': ['policy', 'The cluster does not have the pool.', 'Use one that it has.'],
  'unsigned-secret': ['warning', 'A secret’s entry has no signature.', 'Write it again with the secrets tool.'],
  'unsupported-provider-field': ['policy', 'A provider has a field that its type does not read.', 'Remove it.'],
  'unused-secret-entry': [
    'warning',
    'A secret has an entry for clusters where nothing refers to it (`secrets lint`).',
    'Remove the entry.',
  ],
  'unused-secret': ['warning', 'Nothing refers to a secret file.', 'Remove it.'],
  'unused-suppression': ['warning', 'A comment ignores a finding that is not there.', 'Remove it.'],
};

const MESH: Readonly<Record<string, Row>> = {
  'smartstack-chaos': ['error', 'A chaos setting cannot be used.', 'Write what was expected.'],
  'smartstack-control-char': [
    'error',
    'A text would break out of its line in HAProxy’s configuration.',
    'Write it on one line.',
  ],
  'smartstack-discover-not-advertised': ['error', '`discover` is not in `advertise`.', 'Add it.'],
  'smartstack-dropped': ['warning', 'A setting cannot be rendered and is left out.', 'See the message.'],
  'smartstack-duplicate-port': ['error', 'Two namespaces have the same proxy port.', 'Choose a free one.'],
  'smartstack-endpoint': ['error', 'An endpoint is neither a path nor a usable pattern.', 'Begin it with / or ^.'],
  'smartstack-extra-advertise-dynamic': [
    'error',
    'Advertising depends on a location that only nodes know.',
    'Set the location statically.',
  ],
  'smartstack-extra-advertise-narrow': [
    'policy warning',
    'A destination is narrower than what is advertised.',
    'Use a wider type.',
  ],
  'smartstack-header-name': ['error', 'A text is no name of a header.', 'Use letters, digits and -.'],
  'smartstack-name': ['error', 'Two names become the same in HAProxy.', 'Rename one of them.'],
  'smartstack-not-registered': [
    'warning',
    'nerve is rendered in a cluster that registers no pods.',
    'Set register_k8s_pods, or nerve_mode to host.',
  ],
  'smartstack-proxied-through': [
    'policy error',
    '`proxied_through` or `clb_proxy` names no namespace that can be one.',
    'Write "service.namespace".',
  ],
  'smartstack-shard-size': [
    'error warning',
    'The mesh configuration outgrows a ConfigMap.',
    'Raise the number of shards.',
  ],
  'smartstack-unknown-location-type': [
    'error',
    'There is no such location type or location.',
    'Use one that there is.',
  ],
  'smartstack-unknown-registration': ['warning', 'A registration names no namespace.', 'Add it to smartstack.yaml.'],
  'smartstack-weight': ['error', 'A weight is out of HAProxy’s range.', 'Use 0 to 256.'],
  'taken-proxy-port': ['policy', 'A proxy port belongs to another service.', 'Choose a free one.'],
};

const SYSTEM: Readonly<Record<string, Row>> = {
  'bad-team-data': [
    'error',
    'The file that `sensu.team_data` names cannot be used.',
    'Write a map "team_data" of teams.',
  ],
  'cluster-folder-name': ['policy', 'A configuration folder has another name than its cluster.', 'Name them alike.'],
  'cluster-not-listed': ['policy', 'No `clusters` list has the cluster.', 'Add it.'],
  'duplicate-cluster': ['error', 'Two configurations are for one cluster.', 'Remove one.'],
  'duplicate-system-key': ['error', 'Two files of one configuration set the same key.', 'Remove one.'],
  'missing-system-config': ['error', 'There is no system configuration.', 'Point --system-config-dir at it.'],
  'missing-sensu-handler': [
    'error',
    'A team is told in a way that has no command.',
    'Set the command of the handler in `sensu.handlers`.',
  ],
  'missing-system-key': ['error warning', 'A key of the system configuration is missing.', 'Add it.'],
  'missing-team-data': [
    'error',
    'The file that `sensu.team_data` names is not there.',
    'Correct the name, or add the file.',
  ],
  'stray-system-file': ['error', 'A file stands beside the folders of clusters.', 'Move it into one of them.'],
  'unknown-pod-field': ['error warning', 'pod_defaults has a field that pods do not have.', 'Correct the name.'],
  'unknown-team': ['policy', 'The team data does not have a team.', 'Correct the name, or add the team.'],
  'volume-mode': ['policy', 'The mode of a volume is neither RO nor RW, and means writable.', 'Write RO or RW.'],
  'unknown-system-key': ['warning', 'The system configuration has a key that nothing reads.', 'Correct the name.'],
};

const OUTPUT: Readonly<Record<string, Row>> = {
  'aggregate-kept': ['warning', 'A shared file was left as it was.', 'Repair the errors named.'],
  'cache-differs': [
    'error',
    'A cached result is not what a run without the cache makes.',
    'Run with --no-cache, and report it.',
  ],
  'bad-object': [
    'error',
    'A rendered object is one that the API server would refuse.',
    'Correct the key that made it.',
  ],
  'config-map-too-large': ['error', 'A ConfigMap outgrows what Kubernetes stores.', 'Split what it holds.'],
  'construct-failed': ['error', 'A user’s construct failed.', 'Repair the module.'],
  'construct-module': ['error', 'A construct module cannot be used.', 'Repair the module.'],
  'file-name-clash': ['error', 'Two objects want the same file.', 'Rename one of them.'],
  'hand-written-file': ['error warning', 'A file written by hand stands where output belongs.', 'Move it.'],
  'hand-written-kustomization': [
    'warning',
    'A kustomization.yaml that was written by hand lists other files than there are.',
    'List the files yourself, or remove it to have it made.',
  ],
  'index-broken': ['error', 'The index of the output cannot be read.', 'Run with --rebuild-index.'],
  'index-missing': ['warning', 'Output exists without its index.', 'Run with --rebuild-index.'],
  'index-too-new': ['error', 'The index was written by a newer version.', 'Use that version.'],
  'removal-refused': ['error', 'The run would remove much.', 'Run with --force-prune if that is meant.'],
  'unlisted-folder': [
    'warning',
    'A folder that somebody put into the output gets no kustomization.yaml: its name is no safe file name.',
    'Rename it.',
  ],
  'unsafe-path': [
    'error',
    'A file would lie outside of the output. Nothing lowers this.',
    'Rename what it is made from.',
  ],
  'write-failed': ['error', 'A file cannot be written.', 'See the message.'],
};

const PROJECT: Readonly<Record<string, Row>> = {
  'bad-dockerfile': ['policy', 'The code repository has no Dockerfile.', 'Add one.'],
  'bad-git-url': ['policy', 'The service’s git URL is illegal or does not answer.', 'Correct git_url in service.yaml.'],
  'bad-makefile': ['policy info', 'The Makefile lacks what PaaSTA calls.', 'Add what the message names.'],
  'bad-pipeline': ['policy', 'The service has no pipeline, or one without a security check.', 'Add the step.'],
  'bad-project-file': ['error', 'paasta-gitops.yaml is no map.', 'Write keys and values.'],
  'bad-project-value': ['error', 'A setting of paasta-gitops.yaml has the wrong type.', 'Write what was expected.'],
  'constructs-outside-project': ['error', 'A construct module lies outside of the project.', 'Move it.'],
  'unknown-project-cluster': [
    'warning',
    'paasta-gitops.yaml has a cluster that no system configuration has.',
    'Correct the name.',
  ],
  'unknown-project-key': ['error', 'paasta-gitops.yaml has a key that does not exist.', 'Correct the name.'],
};

/** Every code that a finding may have, with what it means: the one list. */
export const CODES: ReadonlyMap<string, CodeEntry> = new Map([
  ...entries('syntax', SYNTAX),
  ...entries('schema', SCHEMA),
  ...entries('cross-file', CROSS_FILE),
  ...entries('policy', POLICY),
  ...entries('mesh', MESH),
  ...entries('system', SYSTEM),
  ...entries('output', OUTPUT),
  ...entries('project', PROJECT),
]);

function entries(group: CodeGroup, rows: Readonly<Record<string, Row>>): readonly (readonly [string, CodeEntry])[] {
  return Object.entries(rows).map(([code, [classes, meaning, fix]]) => [
    code,
    { group, classes: classes.split(' ') as readonly FindingClass[], meaning, fix }, // the rows hold class names only
  ]);
}
