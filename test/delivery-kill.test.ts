import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testCompany, treeFlags, type TestCompany } from './support/delivery-company.ts';
import { GIT_ENV, tempDir } from './support/git-repository.ts';
import { PROGRAM, ROOT } from './support/run-cli.ts';

const git = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();

/**
 * A git that kills the program which calls it: at its call number N, before the real git runs or after. So the program dies at
 * every moment between two things that it does to the world.
 */
const KILLER = `#!/bin/sh
calls="$(($(cat "$COUNTER" 2>/dev/null || echo 0) + 1))"
echo "$calls" > "$COUNTER"
[ "$calls$WHEN" = "\${KILL_AT}before" ] && { kill -9 $PPID; exit 1; }
${git} "$@"
status=$?
[ "$calls$WHEN" = "\${KILL_AT}after" ] && kill -9 $PPID
exit $status
`;

interface Run {
  readonly isKilled: boolean;
  readonly status: number | null;
  readonly err: string;
}

function runKilled(company: TestCompany, args: readonly string[], at: number, when: 'before' | 'after'): Run {
  const bin = tempDir('killer');
  writeFileSync(join(bin, 'git'), KILLER);
  chmodSync(join(bin, 'git'), 0o755);
  const env = {
    ...GIT_ENV,
    PATH: `${bin}:${process.env['PATH']!}`,
    USER: 'ann',
    TMPDIR: bin,
    COUNTER: join(bin, 'calls'),
    KILL_AT: String(at),
    WHEN: when,
  };
  const all = [...args, '--allow-file', ...treeFlags(company)];
  const { status, signal, stderr } = spawnSync(process.execPath, [PROGRAM, ...all], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  return { isKilled: signal === 'SIGKILL', status, err: stderr };
}

/** Kills an action at every git call; after each kill `check` looks at the world, and the same action again completes it. */
async function killEverywhere(
  company: () => TestCompany,
  args: readonly string[],
  check: (company: TestCompany, isRepeated: boolean) => void,
): Promise<number> {
  for (let at = 1; ; at++) {
    // dying before a call is dying after the one before it, unless files are written in between
    for (const when of args[0] === 'deployments' ? (['before', 'after'] as const) : (['after'] as const)) {
      const own = company();
      const run = runKilled(own, args, at, when);
      if (!run.isKilled) {
        assert.is(run.status, 0, run.err);
        return at - 1;
      }
      check(own, false);
      const again = await own.call(...args, '--allow-file');
      assert.is(again.status, 0, again.err);
      check(own, true);
    }
  }
}

const FILES = { 'kubernetes-eu-prod.yaml': 'main:\n  deploy_group: prod\ncanary:\n  deploy_group: canary\n' };

function companyWithWeb(name: string): {
  company: TestCompany;
  shas: readonly string[];
  tags: () => readonly string[];
} {
  const company = testCompany(name);
  const web = company.addService('web', FILES);
  company.publishConfig();
  for (const group of ['prod', 'canary'])
    web.origin.git('tag', `paasta-${group}-20260101T000000-deploy`, web.commits[0]!);
  const tags = (): readonly string[] =>
    web.origin
      .git('tag', '--list')
      .split('\n')
      .filter((tag) => tag !== '');
  return { company, shas: web.commits, tags };
}

test('mark by tag, killed anywhere: the tag is there or not, and the same command completes it', async () => {
  const one = companyWithWeb('mark-kill');
  const sha = one.shas[1]!;
  const before = one.tags();
  const calls = await killEverywhere(
    () => one.company,
    ['mark', '-s', 'web', '-l', 'prod', '-c', sha],
    (_company, isRepeated) => {
      const made = one.tags().filter((tag) => !before.includes(tag));
      assert.ok(made.length === (isRepeated ? 1 : made.length) && made.length <= 1);
      if (!isRepeated) return;
      // back to the start for the next moment
      one.company.config.git('push', '-q', '--delete', originOf(one.company), `refs/tags/${made[0]!}`);
    },
  );
  assert.ok(calls >= 4, `${calls} moments`);
});

test('rollback of two groups, killed anywhere: all four tags or none', async () => {
  const one = companyWithWeb('rollback-kill');
  const [first, second] = one.shas as [string, string];
  const origin = originOf(one.company);
  const before = one.tags();
  for (const group of ['prod', 'canary']) {
    one.company.config.git('fetch', '-q', origin);
    one.company.config.git('push', '-q', origin, `${second}:refs/tags/paasta-${group}-20260102T000000-deploy`);
  }
  const start = one.tags();
  assert.is(start.length, before.length + 2);
  const calls = await killEverywhere(
    () => one.company,
    ['rollback', '-s', 'web', '-l', 'prod,canary', '-k', first, '--force'],
    (_company, isRepeated) => {
      const made = one.tags().filter((tag) => !start.includes(tag));
      assert.ok(made.length === 4 || (made.length === 0 && !isRepeated), made.join(' '));
      if (made.length === 4)
        for (const tag of made) one.company.config.git('push', '-q', '--delete', origin, `refs/tags/${tag}`);
    },
  );
  assert.ok(calls >= 4, `${calls} moments`);
});

test('mark by commit, killed anywhere: the commit is there or not, and the same command completes it', async () => {
  let count = 0;
  let base = '';
  let sha = '';
  const fresh = (): TestCompany => {
    const made = companyWithWeb(`file-kill-${count++}`);
    base = made.company.configOrigin.git('rev-parse', 'main');
    sha = made.shas[1]!;
    return made.company;
  };
  const first = fresh();
  const calls = await killEverywhere(
    () => (count === 1 ? first : resetTo(first, base)),
    ['mark', '-s', 'web', '-l', 'prod', '-c', sha, '--mode', 'file'],
    (company, isRepeated) => {
      const made = Number(company.configOrigin.git('rev-list', '--count', `${base}..main`));
      assert.ok(made === 1 || (made === 0 && !isRepeated));
      if (isRepeated) resetTo(company, base);
    },
  );
  assert.ok(calls >= 8, `${calls} moments`);
});

test('generate, killed anywhere: each deployments.json is the old one or the new one', async () => {
  const company = testCompany('generate-kill');
  const names = ['one', 'two', 'three'];
  for (const name of names) {
    const service = company.addService(name, FILES);
    service.origin.git('tag', 'paasta-prod-20260101T000000-deploy', service.commits[0]!);
  }
  const folder = (name: string): string => join(company.soaDir, name);
  for (const name of names) writeFileSync(join(folder(name), 'deployments.json'), OLD);
  const calls = await killEverywhere(
    () => company,
    ['deployments', 'generate', '--jobs', '1'],
    (_company, isRepeated) => {
      for (const name of names) {
        const text = readFileSync(join(folder(name), 'deployments.json'), 'utf8');
        if (text !== OLD) assert.ok(text.includes(`services-${name}:paasta-`) && text.endsWith('}\n'));
        else assert.not.ok(isRepeated);
        if (isRepeated) {
          assert.equal(
            readdirSync(folder(name)).filter((file) => file.endsWith('.tmp')),
            [],
          );
          writeFileSync(join(folder(name), 'deployments.json'), OLD);
        }
      }
    },
  );
  assert.ok(calls >= 4, `${calls} moments`);
});

const OLD = '{"v1": {}, "v2": {"deployments": {}, "controls": {}}, "old": true}';

/** The code repository of `web`, from its service.yaml. */
function originOf(company: TestCompany): string {
  return /git_url: (\S+)/.exec(readFileSync(join(company.soaDir, 'web/service.yaml'), 'utf8'))![1]!;
}

function resetTo(company: TestCompany, commit: string): TestCompany {
  company.configOrigin.git('update-ref', 'refs/heads/main', commit);
  assert.ok(existsSync(company.soaDir));
  return company;
}

test.run();
