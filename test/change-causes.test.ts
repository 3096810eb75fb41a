/** Which changed line made which change: found in few questions, and the same as by asking about every line. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDiskReader } from '../compiler/load/disk-reader.ts';
import { parseYaml } from '../compiler/load/yaml/index.ts';
import { causesOfChange, type CausesOfFields } from '../explain/change-causes.ts';
import { changedFile, type ChangedLine } from '../explain/changed-lines.ts';
import type { ChangedService } from '../explain/changed-service.ts';
import { editedReader, type Texts } from '../explain/edited-reader.ts';
import { differingFields, fieldsIn, type ObjectField } from '../explain/object-fields.ts';
import { flowYaml } from '../explain/other-values.ts';
import { renderInMemory } from '../explain/render-in-memory.ts';
import { soleCauses } from '../explain/sole-causes.ts';
import { memoryReader } from './support/memory-reader.ts';

const SEED = 5;

/** Groups of suspects that have an effect together; one suspect has it alone. */
type Makers = readonly (readonly number[])[];

async function ask(suspects: number, effects: Readonly<Record<string, Makers>>, mostDoubts: number) {
  const asked: (readonly number[])[] = [];
  const found = await soleCauses(suspects, Object.keys(effects), mostDoubts, (group) => {
    asked.push(group);
    return Promise.resolve((effect) =>
      effects[effect]!.some((makers) => makers.every((number) => group.includes(number))),
    );
  });
  return { asked, ...found };
}

test('each of 300 suspects with an effect of its own is found in 18 questions', async () => {
  const numbers = Array.from({ length: 300 }, (_, number) => number);
  const effects = Object.fromEntries(numbers.map((number) => [`e${number}`, [[number]]]));
  const { of, asked, isComplete } = await ask(300, effects, 16);
  for (const number of numbers) assert.equal(of.get(`e${number}`), [number]);
  assert.is(asked.length, 18);
  assert.ok(isComplete);
});

test('suspects that each have an effect are found one by one, and those that have it together only are not', async () => {
  const effects = { either: [[3], [77]], both: [[3, 77]], none: [] };
  const { of } = await ask(100, effects, 100);
  assert.equal(Object.fromEntries(of), { either: [3, 77], both: [], none: [] });
});

test('what is in doubt beyond the limit is left, and said to be', async () => {
  const all = Array.from({ length: 64 }, (_, number) => [number]);
  const { of, asked, isComplete } = await ask(64, { all }, 16);
  assert.is(asked.length, 12 + 16);
  assert.equal(of.get('all'), [...Array(16).keys()]);
  assert.not.ok(isComplete);
});

test('a group that tells nothing hides nobody', async () => {
  const { of } = await soleCauses(20, ['effect'], 20, (group) => {
    const isUnknown = group.length > 1 && group.includes(7);
    return Promise.resolve(() => (isUnknown ? null : group.includes(13)));
  });
  assert.equal(of.get('effect'), [13]);
});

test('any suspects and effects: the answer is that of asking about each alone', async () => {
  const together = fc.uniqueArray(fc.nat(30), { minLength: 2, maxLength: 3 });
  const makers = fc
    .tuple(fc.uniqueArray(fc.nat(30), { maxLength: 3 }), fc.option(together, { nil: null }))
    .map(([alone, both]) => [...alone.map((number) => [number]), ...(both === null ? [] : [both])]);
  await fc.assert(
    fc.asyncProperty(fc.array(makers, { minLength: 1, maxLength: 8 }), async (list) => {
      const effects = Object.fromEntries(list.map((each, at) => [String(at), each]));
      const { of } = await ask(31, effects, 31);
      for (const [effect, groups] of Object.entries(effects)) {
        const alone = new Set(groups.filter(({ length }) => length === 1).flat());
        assert.equal(
          of.get(effect),
          [...alone].sort((a, b) => a - b),
        );
      }
    }),
    { seed: SEED, numRuns: 200 },
  );
});

function linesOf(before: string | null, after: string | null): readonly string[] {
  const [base, head] = [before, after].map((text) => memoryReader(text === null ? {} : { 'a/service.yaml': text }));
  const changed = changedFile('soa', 'a/service.yaml', base!, head!);
  return (changed?.lines ?? []).map(({ line, isRemoved }) => `${isRemoved ? '-' : '+'}${line}`);
}

test('changed lines are told one by one, in maps that are new or gone and in files that are, too', () => {
  assert.equal(linesOf('a: 1\n', 'a: 1 # the same\n'), []);
  assert.equal(linesOf('a: 1\n', 'a: 1\nenv:\n  X: 1\n  Y: 2\n'), ['+3', '+4']);
  assert.equal(linesOf('a: 1\nenv:\n  X: 1\n  Y: 2\n', 'a: 2\n'), ['+1', '-3', '-4']);
  assert.equal(linesOf(null, 'a: 1\nb: 2\n'), ['+1', '+2']);
  assert.equal(linesOf('a: 1\nb: 2\n', null), ['-1', '-2']);
  assert.equal(linesOf('l:\n- a\n- b\n', 'l:\n- a\n- c\n'), ['+3']);
  assert.equal(linesOf('l:\n- a\n- b\n', 'l:\n- a\n- b\n- c\n'), ['+4']);
  assert.equal(linesOf('l:\n- a\n- b\n- c\n', 'l:\n- a\n- b\n'), ['-4']);
});

test('all lines taken back give what the base says, and none give what the head says', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(1, 'x', true, null), tie('map'), fc.array(tie('value'))),
    map: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
  }));
  const file = (content: unknown): string => `${JSON.stringify({ top: content }, null, 1)}\n`;
  const mean = (text: string): string =>
    sorted(parseYaml(new TextEncoder().encode(text), { root: 'soa', file: 'f' }).document!.value);
  fc.assert(
    fc.property(value, value, (before, after) => {
      const [base, head] = [before, after].map((content) => memoryReader({ 'a/b.yaml': file(content) }));
      const changed = changedFile('soa', 'a/b.yaml', base!, head!);
      if (changed === null) return;
      assert.ok(changed.isWhole);
      assert.is(mean(changed.takeBack(changed.lines)), mean(file(before)));
      assert.is(mean(changed.takeBack([])), mean(file(after)));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

function sorted(value: Parameters<typeof flowYaml>[0]): string {
  return JSON.stringify(JSON.parse(flowYaml(value)), (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const company = new URL('../examples/company/', import.meta.url);
const base = {
  soa: createDiskReader(new URL('soa-configs', company).pathname),
  system: createDiskReader(new URL('system-config', company).pathname),
};
const [cluster, service] = ['north-prod', 'shopfront'];
const DEPLOYMENTS = `${service}/deployments.json`;
const INSTANCES = `${service}/kubernetes-${cluster}.yaml`;
const SYSTEM = `${cluster}/kubernetes.json`;

function edited(path: string, tree: 'soa' | 'system', ...swaps: (readonly [string | RegExp, string])[]): Texts {
  const read = base[tree].read(path);
  assert.is(read.kind, 'file', path);
  const text = new TextDecoder().decode((read as { bytes: Uint8Array }).bytes);
  return {
    [path]: swaps.reduce((now, [from, to]) => {
      const next = now.replace(from, to);
      assert.is.not(next, now, String(from));
      return next;
    }, text),
  };
}

async function changedCompany(soa: Texts, system: Texts) {
  const head = {
    ...{ soa: editedReader(base.soa, soa), system: editedReader(base.system, system) },
    ...{ constructs: [], filePer: 'instance' as const },
  };
  const part = { cluster, constructs: [], filePer: 'instance' as const, services: [service] };
  const [before, after] = [await renderInMemory({ ...base, ...part }), await renderInMemory({ ...head, ...part })];
  const names = [...new Set(after.files.flatMap(({ instance }) => instance ?? []))];
  const instances = names.map((name) => ({
    name,
    before: before.files.filter(({ instance }) => instance === name),
    after: after.files.filter(({ instance }) => instance === name),
  }));
  const files = [
    ...Object.keys(soa).map((file) => changedFile('soa', file, base.soa, head.soa)!),
    ...Object.keys(system).map((file) => changedFile('system', file, base.system, head.system)!),
  ];
  const changed: ChangedService = { cluster, service, instances, files };
  return { head, changed, render: (trees: typeof base) => renderInMemory({ ...trees, ...part }) };
}

/** Lines by changed field, as found, and as each line taken back alone shows. */
async function bothAnswers(soa: Texts, system: Texts) {
  const { head, changed, render } = await changedCompany(soa, system);
  const { causes, ...cost } = await causesOfChange(changed, head, 1000);
  const [then, now] = [
    fieldsIn(changed.instances.flatMap((each) => each.before)),
    fieldsIn(changed.instances.flatMap((each) => each.after)),
  ];
  const effects = differingFields(then, now).filter((effect) => !effect.includes('config_sha'));
  const lines = changed.files.flatMap((file) => file.lines.map((line) => ({ file, line })));
  const alone = new Map<string, ChangedLine[]>(effects.map((effect) => [effect, []]));
  for (const { file, line } of lines) {
    const trees = {
      ...head,
      [file.root]: editedReader(head[file.root as 'soa'], { [file.file]: file.takeBack([line]) }),
    };
    const { files } = await render(trees);
    const fields = fieldsIn(files.filter(({ instance }) => instance !== null));
    for (const effect of differingFields(now, fields)) alone.get(effect)?.push(line);
  }
  const found = new Map(effects.map((effect) => [effect, lookUp(causes, (now.get(effect) ?? then.get(effect))!)]));
  return { found, alone, lines: lines.length, ...cost };
}

function lookUp(causes: CausesOfFields, { object, path }: ObjectField): readonly ChangedLine[] | null {
  const [kind, name] = object.split(' ') as [string, string];
  return causes(
    { kind, name },
    path.map((step) => (typeof step === 'string' ? step : `[${step.name ?? step.index}]`)),
  );
}

test('many changed lines of several files are found as by asking about each alone', async () => {
  const env = Array.from({ length: 20 }, (_, at) => `    V${at}: "${at}"`).join('\n');
  const soa = {
    ...edited(
      INSTANCES,
      'soa',
      [/^ {2}cpus: .*$/m, '  cpus: 0.7\n  disk: 4096\n  cpu_burst_add: 0.5'],
      [/^main:\n/m, `main:\n  env:\n${env}\n  bounce_method: brutal\n  healthcheck_uri: /other\n`],
    ),
    ...edited(
      DEPLOYMENTS,
      'soa',
      [/("prod.main": \{\s*"docker_image": "[^"]*-)\w/, '$1f'],
      [/("prod.main": \{[^}]*"git_sha": ")\w/, '$1f'],
    ),
  };
  const system = edited(SYSTEM, 'system', ['"pdb_max_unavailable": "10%"', '"pdb_max_unavailable": "20%"']);
  const { found, alone, lines, renderings, isComplete } = await bothAnswers(soa, system);
  assert.ok(isComplete);
  assert.ok(lines > 25, String(lines));
  assert.ok(renderings < lines, `${renderings} renderings for ${lines} lines`);
  assert.ok([...found.values()].filter((each) => each?.length === 1).length > 25);
  assert.ok(
    [...found.values()].some((each) => each!.length > 1),
    'a field with two causes',
  );
  for (const [effect, causes] of found) assert.equal(causes, alone.get(effect), effect);
});

test('one changed line costs no rendering', async () => {
  const { found, alone, renderings } = await bothAnswers(
    edited(INSTANCES, 'soa', [/^ {2}cpus: .*$/m, '  cpus: 0.7']),
    {},
  );
  assert.is(renderings, 0);
  assert.ok(found.size > 0);
  for (const [effect, causes] of found) assert.equal(causes, alone.get(effect), effect);
});

test('instances with lines of their own cost no rendering of each other', async () => {
  const soa = edited(
    INSTANCES,
    'soa',
    ['max_instances: 24', 'max_instances: 25'],
    ['weight: 4', 'weight: 4\n  mem: 2048'],
  );
  const { found, alone, renderings, lines } = await bothAnswers(soa, {});
  assert.is(lines, 2);
  assert.is(renderings, 0);
  assert.ok(found.size > 1);
  for (const [effect, causes] of found) assert.equal(causes, alone.get(effect), effect);
});

test('with too few renderings left nothing is known, and that is said', async () => {
  const soa = edited(INSTANCES, 'soa', [/^ {2}cpus: .*$/m, '  cpus: 0.7\n  disk: 4096']);
  const { head, changed } = await changedCompany(soa, {});
  const { causes, isComplete, renderings } = await causesOfChange(changed, head, 1);
  assert.equal([isComplete, renderings], [false, 0]);
  assert.is(causes({ kind: 'Deployment', name: 'shopfront-main' }, ['spec']), null);
});

test.run();
