import { POD_VARIABLES } from '../model/pod-variables.ts';
import type { EnvVariable } from '../model/resolved-instance.ts';
import { isNumeric, pythonText } from '../model/yaml-value.ts';
import { secretUses, type SecretUse, type SecretVariable } from './env-secrets.ts';
import type { Facts } from './facts.ts';
import type { Field } from './field.ts';
import { readEntries, readMap } from './readers.ts';
import { readGpus, readRequest } from './resources.ts';
import { parseSecretRef } from './secret-names.ts';
import { resolveTeam } from './team.ts';

/** The environment, and the Secrets it takes variables from. */
export interface Environment {
  readonly variables: readonly EnvVariable[];
  readonly secrets: readonly SecretUse[];
}

/** Names whose value an instance cannot choose: PaaSTA overwrites them or adds its own after them. */
const RESERVED = new Set([...POD_VARIABLES.map(({ name }) => name), 'PAASTA_PORT', 'PAASTA_SOA_CONFIGS_SHA']);
/** Names that every supported Kubernetes version takes. */
const LEGAL_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
/** The AWS SDKs' limit, in characters. */
const MAX_APP_ID = 50;

/**
 * Environment of the main container in PaaSTA's order: PaaSTA's own variables, key `env` (which may change those in place),
 * the port; then references to own, shared and SSM secrets; then what Kubernetes fills in. Names are unique: of several
 * entries the last stays, as the kubelet would choose. `PAASTA_SOA_CONFIGS_SHA` is left out: it would restart every pod at every
 * commit. PaaSTA: `get_container_env`.
 */
export function resolveEnv(facts: Facts): Environment {
  const { journal, keys } = facts;
  const plain = new Map<string, string>();
  for (const { name, member, read } of PAASTA_VARIABLES) {
    const value = journal.member(member, read, facts);
    if (value !== null) plain.set(name, value);
  }
  const env = readMap(keys.field('env'));
  for (const [name, field] of readEntries(env)) {
    checkName(name, field);
    plain.set(name, journal.member(memberOf(name), userValue, field));
  }
  plain.set(PORT, journal.member(PORT_MEMBER, readPort, facts));
  plain.delete('PAASTA_CLUSTER');
  plain.delete('PAASTA_SOA_CONFIGS_SHA');
  const values: EnvVariable[] = [];
  const references: SecretVariable[] = [];
  for (const [name, value] of plain) {
    const ref = parseSecretRef(value);
    if (ref === null) values.push({ name, value });
    else references.push({ name, ref, field: placeOf(facts, env, name) });
  }
  const secrets = secretUses(facts, references);
  if (secrets.length === 0 && !POD_VARIABLES.some(({ name }) => plain.has(name))) {
    return { variables: [...values, ...POD_VARIABLES], secrets };
  }
  const variables = lastOfEachName([...values, ...secrets.map(({ variable }) => variable), ...POD_VARIABLES]);
  return { variables, secrets: secrets.filter(({ variable }) => variables.includes(variable)) };
}

/** What set a plain variable: the user's key where it is one. */
function placeOf({ keys }: Facts, env: Field, name: string): Field {
  const field = env.at(name);
  return field.isSet && name !== PORT ? field : keys.whole();
}

/** A variable that PaaSTA sets itself. */
interface PaastaVariable {
  readonly name: string;
  readonly member: string;
  /** Null: it is not set. */
  readonly read: (facts: Facts) => string | null;
}

const PORT = 'PAASTA_PORT';
const PORT_MEMBER = memberOf(PORT);
/** In PaaSTA's order; the port comes last, after key `env`. */
const PAASTA_VARIABLES: readonly PaastaVariable[] = [
  variable('PAASTA_SERVICE', (facts) => own(facts, facts.service)),
  variable('PAASTA_INSTANCE', (facts) => own(facts, facts.instance)),
  variable('PAASTA_DEPLOY_GROUP', readDeployGroup),
  variable('PAASTA_DOCKER_IMAGE', ({ version }) => version().dockerImage),
  variable('PAASTA_RESOURCE_CPUS', (facts) => readRequest(facts, 'cpus').text),
  variable('PAASTA_RESOURCE_MEM', (facts) => readRequest(facts, 'mem').text),
  variable('PAASTA_RESOURCE_DISK', (facts) => readRequest(facts, 'disk').text),
  variable('PAASTA_RESOURCE_GPUS', readGpusText),
  variable('PAASTA_GIT_SHA', ({ version }) => version().gitSha.slice(0, 8)),
  variable('PAASTA_IMAGE_VERSION', ({ version }) => version().imageVersion),
  variable('PAASTA_MONITORING_TEAM', resolveTeam),
  variable('PAASTA_INSTANCE_TYPE', (facts) => own(facts, facts.type)),
  variable('AWS_SDK_UA_APP_ID', (facts) => own(facts, `${facts.service}.${facts.instance}`.slice(0, MAX_APP_ID))),
];

function variable(name: string, read: PaastaVariable['read']): PaastaVariable {
  return { name, member: memberOf(name), read };
}

function own({ keys }: Facts, value: string): string {
  keys.noteSelf();
  return value;
}

function readGpusText(facts: Facts): string | null {
  const gpus = readGpus(facts);
  return gpus === null ? null : String(gpus);
}

function readPort({ containerPort }: Facts): string {
  return String(containerPort());
}

function readDeployGroup({ keys, deployment }: Facts): string {
  keys.field('deploy_group').note('PaaSTA: deploy_group CLUSTER.INSTANCE');
  return deployment.deployGroup;
}

/** PaaSTA puts every value through Python's `str`; anything but a string is likely a slip. */
function userValue(field: Field): string {
  field.note('');
  const value = field.value!;
  if (typeof value !== 'string') {
    const kind =
      typeof value === 'boolean'
        ? 'a boolean'
        : isNumeric(value)
          ? 'a number'
          : value === null
            ? 'null'
            : 'a collection';
    const message = `${field.name} is ${kind}, not a string; the container gets the text that Python prints for it`;
    field.warn('env-not-text', message, 'quote it');
    return pythonText(value);
  }
  if (value.endsWith('\n') && parseSecretRef(value.slice(0, -1)) !== null) {
    field.error(
      'bad-secret-reference',
      `${field.name} is a secret reference with a line break after it`,
      'remove the "|"',
    );
  }
  return value;
}

function checkName(name: string, field: Field): void {
  if (!LEGAL_NAME.test(name)) {
    const hint = 'use letters, digits and _, not a digit first';
    field.error('bad-env-name', `${JSON.stringify(name)} is no legal name for an environment variable`, hint);
  } else if (RESERVED.has(name)) {
    field.warn('reserved-env', `${field.name} has no effect: PaaSTA sets ${name} itself`, 'remove it');
  }
}

function lastOfEachName(variables: readonly EnvVariable[]): readonly EnvVariable[] {
  const last = new Map(variables.map((variable) => [variable.name, variable]));
  return last.size === variables.length
    ? variables
    : variables.filter((variable) => last.get(variable.name) === variable);
}

function memberOf(name: string): string {
  return `pod.main.env.${name}`;
}
