/** Reports for programs: JSON, GitHub, SARIF, GitLab and JUnit. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FormatContext } from '../cli/formats/finding-format.ts';
import { FORMATS } from '../cli/formats/index.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { CODES } from '../compiler/validate/index.ts';

const context: FormatContext = {
  version: '1.2.3',
  pathOf: ({ file }) => `soa/${file}`,
  descriptionOf: (code) => CODES.get(code)?.meaning ?? code,
};

const finding = (more: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  code: 'bad-value',
  message: 'cpus is "half", expected a number',
  root: 'soa',
  file: 'shop/eks-prod.yaml',
  line: 5,
  column: 9,
  endLine: 5,
  endColumn: 15,
  path: ['main', 'cpus'],
  service: 'shop',
  cluster: 'prod',
  instance: 'main',
  ...more,
});

const SAMPLE: readonly Diagnostic[] = [
  finding(),
  finding({
    severity: 'warning',
    policy: true,
    code: 'unknown-key',
    hint: 'did you mean "cpus"?',
    line: 6,
    endLine: 6,
  }),
  finding({ severity: 'warning', code: 'ignored-key', line: 7, endLine: 7 }),
  finding({ severity: 'info', code: 'no-effect', line: 8, endLine: 8 }),
  {
    severity: 'warning',
    code: 'unknown-file',
    message: 'a, b: 100 %\r\nc',
    root: 'soa',
    file: 'shop/ä b,c:d',
    path: [],
  },
];

const report = (name: string, findings: readonly Diagnostic[] = SAMPLE): string => FORMATS[name]!(findings, context);

test('json: one array, a finding a line', () => {
  const text = report('json');
  const rows = JSON.parse(text) as Record<string, unknown>[];
  assert.is(text.split('\n').length, SAMPLE.length + 3);
  assert.equal(rows[1], {
    code: 'unknown-key',
    severity: 'warning',
    policy: true,
    message: 'cpus is "half", expected a number',
    root: 'soa',
    file: 'shop/eks-prod.yaml',
    location: 'soa/shop/eks-prod.yaml',
    line: 6,
    column: 9,
    endLine: 6,
    endColumn: 15,
    service: 'shop',
    cluster: 'prod',
    instance: 'main',
    path: ['main', 'cpus'],
    suggestion: 'did you mean "cpus"?',
  });
  assert.equal(JSON.parse(report('json', [])), []);
});

test('github: a command a finding, escaped, and a count at the end', () => {
  const lines = report('github').split('\n');
  assert.is(
    lines[0],
    '::error file=soa/shop/eks-prod.yaml,line=5,col=9,endLine=5,endColumn=15,title=bad-value::cpus is "half", expected a number',
  );
  assert.match(lines[1]!, /^::warning .*::.* \(did you mean "cpus"\?\)$/);
  assert.match(lines[3]!, /^::notice /);
  assert.is(lines[4], '::warning file=soa/shop/ä b%2Cc%3Ad,title=unknown-file::a, b: 100 %25%0D%0Ac');
  assert.is(lines[5], 'paasta-gitops: 1 error, 3 warnings, 1 info');
});

test('github: no text of the input begins a command of its own', () => {
  const evil = finding({ message: 'x\n::set-output name=a::b', file: 'a\n::error::x', hint: '\r\n::add-mask::y' });
  const lines = report('github', [evil]).trimEnd().split('\n');
  assert.is(lines.length, 2);
  assert.is(lines.filter((line) => line.startsWith('::')).length, 1);
});

test('github: more findings than it shows are counted', () => {
  const many = Array.from({ length: 11 }, (_, index) => finding({ line: index + 1 }));
  assert.match(report('github', many), 'annotations show the first 10 of each level');
});

/** An object with these members and no others, of which some must be there. */
const closed = (properties: Readonly<Record<string, object>>, ...required: readonly string[]): object => ({
  ...{ type: 'object', additionalProperties: false, properties, required },
});
const TEXT = { type: 'string' };
const COUNT = { type: 'integer', minimum: 1 };

/**
 * A subset of the schema of SARIF 2.1.0, written by hand: the members that are used here, with the types, vocabularies and bounds that the
 * standard gives them. What passes it passes the whole schema, which knows more members.
 */
const SARIF_SUBSET = closed(
  {
    $schema: { type: 'string', pattern: '^https://' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: closed(
        {
          tool: closed(
            {
              driver: closed(
                {
                  name: TEXT,
                  version: TEXT,
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: closed({ id: TEXT, shortDescription: closed({ text: TEXT }, 'text') }, 'id'),
                  },
                },
                'name',
              ),
            },
            'driver',
          ),
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: {
            type: 'array',
            items: closed(
              {
                ruleId: TEXT,
                ruleIndex: { type: 'integer', minimum: -1 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: closed({ text: TEXT }, 'text'),
                partialFingerprints: { type: 'object', additionalProperties: TEXT },
                locations: {
                  type: 'array',
                  items: closed({
                    physicalLocation: closed({
                      artifactLocation: closed({ uri: { type: 'string', pattern: '^[!#-;=?-\\[\\]_a-z~]*$' } }),
                      region: closed({ startLine: COUNT, startColumn: COUNT, endLine: COUNT, endColumn: COUNT }),
                    }),
                  }),
                },
              },
              'message',
            ),
          },
        },
        'tool',
      ),
    },
  },
  'version',
  'runs',
);

interface Sarif {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly rules: readonly { id: string; shortDescription: { text: string } }[] };
    };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

test('sarif: as a subset of its schema says, each rule described by the list of codes', () => {
  const log = JSON.parse(report('sarif')) as Sarif;
  const ajv = new Ajv2020({ strict: false });
  assert.ok(ajv.validate(SARIF_SUBSET, log), ajv.errorsText());
  const [run] = log.runs;
  assert.equal(
    run!.results.map(({ level }) => level),
    ['error', 'warning', 'warning', 'note', 'warning'],
  );
  for (const result of run!.results) assert.is(run!.tool.driver.rules[result.ruleIndex]!.id, result.ruleId);
  const rule = run!.tool.driver.rules.find(({ id }) => id === 'bad-value')!;
  assert.is(rule.shortDescription.text, CODES.get('bad-value')!.meaning);
  assert.ok(ajv.validate(SARIF_SUBSET, JSON.parse(report('sarif', []))));
});

test('sarif and gitlab: fingerprints stay when lines move, and differ between findings', () => {
  const prints = (findings: readonly Diagnostic[]): readonly string[] =>
    (JSON.parse(report('sarif', findings)) as Sarif).runs[0]!.results.map(
      (r) => r.partialFingerprints['paasta-gitops/v1']!,
    );
  const moved = SAMPLE.map((each) => (each.line === undefined ? each : { ...each, line: each.line + 10 }));
  assert.equal(prints(moved), prints(SAMPLE));
  assert.is(new Set(prints([...SAMPLE, finding()])).size, SAMPLE.length + 1);
});

test('gitlab: a code quality report', () => {
  const issues = JSON.parse(report('gitlab')) as Record<string, unknown>[];
  const { fingerprint, ...first } = issues[0]!;
  assert.match(fingerprint as string, /^[0-9a-f]{32}$/);
  assert.equal(first, {
    description: 'cpus is "half", expected a number',
    check_name: 'bad-value',
    severity: 'critical',
    location: { path: 'soa/shop/eks-prod.yaml', lines: { begin: 5, end: 5 } },
  });
  assert.equal(
    issues.map(({ severity }) => severity),
    ['critical', 'major', 'minor', 'info', 'minor'],
  );
});

test('junit: a case a file, failures for errors and policy, everything else in the output', () => {
  const text = report('junit');
  assert.match(text, '<testsuite name="paasta-gitops validate" tests="2" failures="1">');
  assert.is(text.match(/<failure /g)?.length, 2);
  assert.match(text, '<testcase classname="soa-configs" name="soa/shop/ä b,c:d">');
  assert.match(text, /<system-out>soa\/shop\/eks-prod.yaml:7:9: warning/);
});

test('junit: text that XML cannot carry becomes visible', () => {
  const evil = finding({ message: '<a>&"\u0000\u001b[31m\ud800]]>', file: 'x"<&' });
  const text = report('junit', [evil]);
  assert.not.match(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  assert.ok(text.isWellFormed());
  assert.match(text, '&lt;a&gt;&amp;&quot;\\u0000\\u001b[31m');
  assert.not.match(text, /name="[^"]*<|message="[^"]*</);
});

test.run();
