/** One kind of input file and its schema. */
export interface SchemaKind {
  /** Name of the kind: the schema is `schemas/<kind>.schema.json`, the page `docs/keys/<kind>.md`. */
  readonly kind: string;
  /** Name of its function in the generated validators. */
  readonly validator: string;
  /** Tree that its files stand in. */
  readonly root: 'soa' | 'system' | 'project';
  /** Files it describes, relative to the root; `*` stands for one path segment or a part of it. Empty: a part of other files. */
  readonly files: readonly string[];
}

/** Every kind that has a schema. Shared definitions stand in `common.schema.json`, which describes no file. */
export const SCHEMA_KINDS: readonly SchemaKind[] = [
  { kind: 'kubernetes', validator: 'kubernetes', root: 'soa', files: ['*/kubernetes-*.yaml', '*/eks-*.yaml'] },
  { kind: 'autoscaling', validator: 'autoscaling', root: 'soa', files: [] },
  { kind: 'adhoc', validator: 'adhoc', root: 'soa', files: ['*/adhoc-*.yaml'] },
  {
    kind: 'autotuned_defaults',
    validator: 'autotunedDefaults',
    root: 'soa',
    files: ['*/autotuned_defaults/kubernetes-*.yaml', '*/autotuned_defaults/eks-*.yaml'],
  },
  { kind: 'smartstack', validator: 'smartstack', root: 'soa', files: ['*/smartstack.yaml'] },
  { kind: 'monitoring', validator: 'monitoring', root: 'soa', files: ['*/monitoring.yaml'] },
  { kind: 'service', validator: 'service', root: 'soa', files: ['*/service.yaml'] },
  { kind: 'deploy', validator: 'deploy', root: 'soa', files: ['*/deploy.yaml'] },
  { kind: 'rollback', validator: 'rollback', root: 'soa', files: ['*/rollback-*.yaml'] },
  { kind: 'dependencies', validator: 'dependencies', root: 'soa', files: ['*/dependencies.yaml'] },
  { kind: 'authorization', validator: 'authorization', root: 'soa', files: ['*/authorization.yaml'] },
  { kind: 'secrets', validator: 'secrets', root: 'soa', files: ['*/secrets/*.json'] },
  { kind: 'deployments', validator: 'deployments', root: 'soa', files: ['*/deployments.json'] },
  { kind: 'system-config', validator: 'systemConfig', root: 'system', files: ['*.json', '*/*.json'] },
  { kind: 'paasta-gitops', validator: 'paastaGitops', root: 'project', files: ['paasta-gitops.yaml'] },
];
