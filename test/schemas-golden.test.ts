/** Verdicts of the schemas against those of PaaSTA's `validate`, on the golden company and on the validation cases. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KNOWN_SYSTEM_KEYS, OWN_MEMBERS } from '../compiler/load/system-config-keys.ts';
import { parseYaml } from '../compiler/load/yaml/index.ts';
import { constraintClass, isStricterThanPaasta } from '../schemas/constraint-class.ts';
import type { JsonSchema } from '../schemas/json-schema.ts';
import { SCHEMA_KINDS } from '../schemas/kinds.ts';
import { readSchemas, resolveRef } from '../schemas/schema-files.ts';
import type { ValidationError, Validator } from '../schemas/validator.ts';
import { createAjv } from '../schemas/vocabulary.ts';
import { GOLDEN } from './support/golden-tree.ts';

interface Finding {
  readonly file: string;
  readonly where: string;
  readonly keyword: string;
  readonly severity: string;
  readonly isStricter: boolean;
}
interface Verdict {
  readonly accepted: boolean;
  readonly failed_checks: readonly string[];
}

const schemas = readSchemas();
const ajv = createAjv();
for (const schema of schemas.values()) ajv.addSchema(schema);

/** Kinds whose files PaaSTA's `validate` does not check at all are stricter as a whole. */
const isOurs = (kind: string): boolean => (schemas.get(`${kind}.schema.json`) as JsonSchema)['x-policy'] === true;

function kindOf(path: string): string | undefined {
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\*/g, '[^/]*')}$`).test(`service/${path}`);
  return SCHEMA_KINDS.find(({ root, files }) => root === 'soa' && files.some(matches))?.kind;
}

/** Findings of one file that are more than notes: classes error and policy, and warnings. */
function findingsOf(root: string, path: string): readonly Finding[] {
  const kind = kindOf(path);
  if (kind === undefined) return [];
  const { document } = parseYaml(readFileSync(join(root, path)), { root: 'soa', file: path });
  if (document === undefined) return [];
  const validate = ajv.getSchema(`${kind}.schema.json`) as Validator;
  const isEks = path.startsWith('eks-');
  validate(JSON.parse(JSON.stringify(document.value)));
  return (validate.errors ?? [])
    .filter((error) => constraintClass(error) !== null && constraintClass(error) !== 'info')
    .filter((error) => !(isEks && error.keyword === 'x-eks-only'))
    .map((error) => finding(path, error, isOurs(kind)));
}

function finding(file: string, error: ValidationError, isOursWhole: boolean): Finding {
  return {
    file,
    where: error.instancePath + (error.propertyName === undefined ? '' : `/${error.propertyName}`),
    keyword: error.keyword,
    severity: constraintClass(error)!,
    isStricter: isOursWhole || isStricterThanPaasta(error),
  };
}

function filesOf(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.yaml') || path.endsWith('.json'))
    .sort();
}

const text = ({ file, where, keyword, severity }: Finding): string => `${file}${where} ${keyword} ${severity}`;
const companyRoot = join(GOLDEN, 'soa-configs');
const services = readdirSync(companyRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name);
const corpus = JSON.parse(readFileSync(join(GOLDEN, 'expected/validate/_corpus.json'), 'utf8')) as Record<
  string,
  Verdict
>;

test('the golden company has no finding where PaaSTA has none, but for checks PaaSTA does not make', () => {
  const found = services.flatMap((service) =>
    filesOf(join(companyRoot, service)).flatMap((path) =>
      findingsOf(join(companyRoot, service), path).map((one) => ({ ...one, service })),
    ),
  );
  assert.equal(found.filter(({ isStricter }) => !isStricter).map(text), []);
  assert.equal(
    found.map((one) => `${one.service}/${text(one)}`),
    [
      'inbox/monitoring.yaml/check_every x-no-effect warning',
      'storefront/deploy.yaml/pipeline/5 additionalProperties policy',
    ],
  );
});

test('PaaSTA finds nothing wrong with a schema of the golden company either', () => {
  assert.equal([...Object.keys(corpus)].sort(), [...services].sort());
  const refused = Object.entries(corpus).filter(([, verdict]) =>
    verdict.failed_checks.includes('validate_all_schemas'),
  );
  assert.equal(refused, []);
});

/** All *.json files of a folder as one map, as PaaSTA merges them where no map stands in two files. */
function systemConfigOf(folder: string): unknown {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.assign(
    {},
    ...files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object),
  ) as unknown;
}

test('the golden system configurations fit, but for a key that PaaSTA does not know either', () => {
  const validate = ajv.getSchema('system-config.schema.json') as Validator;
  for (const cluster of readdirSync(join(GOLDEN, 'etc-paasta'))) {
    validate(systemConfigOf(join(GOLDEN, 'etc-paasta', cluster)));
    const found = (validate.errors ?? []).map((error) => [error.params['additionalProperty'], constraintClass(error)]);
    assert.equal(found, [['cluster_pools', 'warning']], cluster);
  }
});

const inner = (schema: JsonSchema): JsonSchema =>
  schema.$ref === undefined ? schema : resolveRef(schemas, 'system-config.schema.json', schema.$ref).schema;

test('every system configuration key that is read has a description', () => {
  const top = schemas.get('system-config.schema.json')!;
  const unknown = KNOWN_SYSTEM_KEYS.filter((key) => top.properties?.[key] === undefined);
  assert.equal(unknown, []);
  for (const [path, members] of Object.entries(OWN_MEMBERS)) {
    const map = path.split('.').reduce((schema, key) => inner(schema.properties![key]!), top);
    assert.equal(
      members.filter((member) => map.properties?.[member] === undefined),
      [],
      path,
    );
  }
});

/** Cases that PaaSTA's schemas refuse and ours do not see, with the reason. */
const LEFT: Readonly<Record<string, string>> = {
  '22-instance-too-long': 'the length after sanitising is a rule',
  '23-instance-underscores-too-long': 'the length after sanitising is a rule',
  '26-yaml-syntax': 'reading the file fails before any schema',
  '53-service-git-url': 'PaaSTA allows its own company’s git server only; here any address is legal',
};

/** Cases that PaaSTA accepts and a check that PaaSTA does not make reports: the finding. */
const STRICTER: Readonly<Record<string, readonly string[]>> = {
  '67-monitoring-typo': ['monitoring.yaml additionalProperties warning', 'monitoring.yaml required policy'],
  '68-deploy-typo': ['deploy.yaml/pipeline/0 additionalProperties policy'],
};

const casesRoot = join(GOLDEN, 'validate/cases');
const cases = readdirSync(casesRoot).sort();

function caseFindings(name: string): readonly Finding[] {
  const folder = join(casesRoot, name, 'widget');
  return filesOf(folder).flatMap((path) => findingsOf(folder, path));
}

const verdictOf = (name: string): Verdict =>
  JSON.parse(readFileSync(join(GOLDEN, `expected/validate/${name}.json`), 'utf8')) as Verdict;

for (const name of cases) {
  test(`case ${name}: the schemas say what PaaSTA's say`, () => {
    const verdict = verdictOf(name);
    if (name in LEFT) {
      assert.ok(verdict.failed_checks.includes('validate_all_schemas'));
      if (name !== '26-yaml-syntax') assert.equal(caseFindings(name).map(text), []);
      return;
    }
    const found = caseFindings(name);
    const asPaasta = found.filter(({ isStricter, severity }) => !isStricter && severity !== 'warning');
    assert.is(asPaasta.length > 0, verdict.failed_checks.includes('validate_all_schemas'), found.map(text).join('; '));
    const others = found.filter((one) => one.isStricter && !asPaasta.some(({ where }) => where === one.where));
    assert.equal(others.map(text).sort(), STRICTER[name] ?? []);
  });
}

test('a case of one mistake has one finding, at its key', () => {
  const several = cases.filter((name) => !(name in LEFT)).map((name) => [name, places(caseFindings(name))] as const);
  assert.equal(
    several.filter(([, found]) => found.length > 1),
    [],
  );
  assert.ok(existsSync(casesRoot) && several.filter(([, found]) => found.length === 1).length > 30);
});

const places = (found: readonly Finding[]): readonly string[] => [
  ...new Set(found.map(({ file, where }) => file + where)),
];

test.run();
