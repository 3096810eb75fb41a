/** `logs` against a server that sends logs in small pieces, breaks off, and refuses. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { LineSplitter } from '../monitoring/logs/line-splitter.ts';
import { compareTimes, parseLine } from '../monitoring/logs/log-line.ts';
import { timePoint } from '../monitoring/logs/time-point.ts';
import { callCli, type CalledCli } from './support/call-cli.ts';
import { checkCompany, plainKubeconfig } from './support/check-company.ts';
import { inPieces, logPod, startLogServer, type LogRequest, type LogServer } from './support/log-server.ts';
import { PROGRAM } from './support/run-cli.ts';
import { skipSuite } from './support/skip.ts';

process.env['TZ'] = 'UTC';
const at = (second: number, fraction = ''): string => `2026-03-04T10:00:${String(second).padStart(2, '0')}${fraction}Z`;
const shown = (second: number): string => `2026-03-04 10:00:${String(second).padStart(2, '0')}`;

interface Scene {
  readonly server: LogServer;
  /** Runs the verb on shop.main. */
  logs(...args: string[]): Promise<CalledCli>;
  /** The same with -f, until so many lines are printed; then Ctrl-C. */
  follow(lines: number, ...args: string[]): Promise<CalledCli>;
  readonly folder: string;
  readonly args: readonly string[];
}

async function scene(
  pods: readonly object[],
  log: (request: LogRequest) => void | Promise<void>,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const company = checkCompany('main: {}\n');
  const server = await startLogServer(pods, log);
  const { folder } = company;
  const args = ['logs', '-s', 'shop', '-i', 'main', '--kubeconfig', plainKubeconfig(folder, server.url)];
  const follow = async (lines: number, ...more: string[]): Promise<CalledCli> => {
    let stdout = '';
    const out = (text: string): void => {
      stdout += text;
      if (stdout.split('\n').length > lines) process.emit('SIGINT');
    };
    const result = await callCli([...args, '-f', ...more], { cwd: folder, io: { out } });
    return { ...result, stdout };
  };
  try {
    await play({ server, folder, args, follow, logs: (...more) => callCli([...args, ...more], { cwd: folder }) });
  } finally {
    await server.close();
    company.remove();
  }
}

test('lines come together however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join('') + 'rest');
        const splitter = new LineSplitter();
        const found: string[] = [];
        for (let start = 0; start < bytes.length;) {
          const size = sizes.next().value;
          found.push(...splitter.push(bytes.subarray(start, start + size)));
          start += size;
        }
        assert.equal([...found, ...splitter.flush()], [...lines, 'rest']);
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});

test('times of different precision are in their order', () => {
  const sorted = [at(1), at(1, '.000000001'), at(1, '.05'), at(1, '.5'), at(2)];
  assert.equal([...sorted].reverse().sort(compareTimes), sorted);
  assert.equal(parseLine(`${at(1, '.5')} a b`), { time: at(1, '.5'), text: 'a b' });
  assert.equal(parseLine(at(1)), { time: at(1), text: '' });
  assert.equal(parseLine('no time'), { time: '', text: 'no time' });
  assert.equal(parseLine('2026-13-04T10:00:00Z x'), { time: '', text: '2026-13-04T10:00:00Z x' });
});

test('the times of nodes in other time zones are compared and shown as the same moments', async () => {
  assert.equal(parseLine('2026-03-04T11:00:01.000000002+01:00 x'), { time: at(1, '.000000002'), text: 'x' });
  const texts: Record<string, string> = {
    'shop-main-1-a': '2026-03-04T11:00:01+01:00 one\n2026-03-04T11:00:03+01:00 three\n',
    'shop-main-1-b': '2026-03-04T04:30:02-05:30 two\n',
  };
  const log = ({ pod, response }: LogRequest): void => void response.end(texts[pod]!);
  await scene([logPod('shop-main-1-a'), logPod('shop-main-1-b')], log, async ({ logs }) => {
    assert.is((await logs('-S', '--to', at(2))).stdout, `${shown(1)} one\n${shown(2)} two\n`);
  });
});

test('a time is a date, a time of day, or how long ago', () => {
  const now = new Date('2026-03-04T10:00:00Z');
  const cases: Record<string, string | undefined> = {
    ...{
      '5m': '2026-03-04T09:55:00.000Z',
      '1d3h': '2026-03-03T07:00:00.000Z',
      '2026-03-04': '2026-03-04T00:00:00.000Z',
    },
    ...{ '2026-03-04 09:30': '2026-03-04T09:30:00.000Z', '2026-03-04T09:30:00+01:00': '2026-03-04T08:30:00.000Z' },
    ...{ yesterday: undefined, '5': undefined, '2026-13-40': undefined },
  };
  for (const [text, time] of Object.entries(cases)) assert.is(timePoint(text, now), time, text);
});

test('logs of several pods are merged by time, and lines survive being cut', async () => {
  const texts: Record<string, string> = {
    'shop-main-1-a': `${at(1)} grüße ✓\n${at(3)} drei\n`,
    'shop-main-1-b': `${at(2)} zwei\n${at(4, '.5')} vier ohne Ende`,
  };
  const log = async ({ pod, response }: LogRequest): Promise<void> => {
    await inPieces(response, texts[pod]!);
    response.end();
  };
  await scene(
    [logPod('shop-main-1-a'), logPod('shop-main-1-b', { containers: ['main', 'hacheck'] })],
    log,
    async ({ logs, server }) => {
      const { status, stdout, stderr } = await logs();
      assert.equal([status, stderr], [0, '']);
      assert.equal(stdout.split('\n'), [
        `${shown(1)} [1-a] - grüße ✓`,
        `${shown(2)} [1-b] - zwei`,
        `${shown(3)} [1-a] - drei`,
        `${shown(4)} [1-b] - vier ohne Ende`,
        '',
      ]);
      assert.equal((await logs('-n', '2', '-S')).stdout, `${shown(3)} drei\n${shown(4)} vier ohne Ende\n`);
      assert.equal((await logs('-p', 'shop-main-1-b', '-r')).stdout, 'zwei\nvier ohne Ende\n');
      assert.equal((await logs('--to', at(2))).stdout.split('\n').length, 3);
      assert.ok(server.requests.every(({ query }) => query.get('timestamps') === 'true'));
    },
  );
});

test('what is asked of the server follows the flags', async () => {
  const log = ({ response }: LogRequest): void => void response.end(`${at(1)} x\n`);
  await scene([logPod('shop-main-1-a')], log, async ({ logs, server }) => {
    await logs();
    await logs('-n', '7', '--previous');
    await logs('--from', at(0));
    await logs('-n', '7', '--to', at(9));
    const asked = server.requests.map(({ query }) =>
      ['tailLines', 'previous', 'sinceTime', 'container'].map((key) => query.get(key)),
    );
    assert.equal(asked, [
      ['100', 'false', null, 'main'],
      ['7', 'true', null, 'main'],
      [null, 'false', '2026-03-04T10:00:00.000Z', 'main'],
      [null, 'false', null, 'main'],
    ]);
  });
});

test('control characters are shown, unless raw', async () => {
  const log = ({ response }: LogRequest): void => void response.end(`${at(1)} \u001b[31mred\u001b[0m\r\u202e\n`);
  await scene([logPod('shop-main-1-a')], log, async ({ logs }) => {
    assert.is((await logs('-S')).stdout, `${shown(1)} \\u001b[31mred\\u001b[0m\\r\\u202e\n`);
    assert.is((await logs('-r')).stdout, '\u001b[31mred\u001b[0m\r\u202e\n');
  });
});

test('a pod keeps its colour, containers are named where there are several, and --no-color has none', async () => {
  const log = ({ response }: LogRequest): void => void response.end(`${at(1)} x\n`);
  await scene([logPod('shop-main-1-a', { containers: ['main', 'helper'] })], log, async ({ args, folder }) => {
    const colored = await callCli(args, { cwd: folder, io: { hasColor: true } });
    assert.match(colored.stdout, /\u001b\[3[1-6]m\[1-a main\]\u001b\[0m - x\n/);
    const again = await callCli(args, { cwd: folder, io: { hasColor: true } });
    assert.is(again.stdout, colored.stdout);
    const plain = await callCli([...args, '--no-color'], { cwd: folder, io: { hasColor: true } });
    assert.not.match(plain.stdout, '\u001b');
  });
});

test('a container that has not started is named, and the others are shown', async () => {
  const log = ({ pod, response }: LogRequest): void => {
    response.statusCode = pod.endsWith('a') ? 400 : 200;
    response.end(pod.endsWith('a') ? '' : `${at(1)} there\n`);
  };
  await scene([logPod('shop-main-1-a'), logPod('shop-main-1-b')], log, async ({ logs }) => {
    const { status, stdout, stderr } = await logs('-r');
    assert.equal([status, stdout, stderr], [0, 'there\n', 'shop-main-1-a main: not started yet\n']);
  });
});

test('following, a stream that breaks goes on where it broke, and no line comes twice', async () => {
  const log = async ({ response, number, query }: LogRequest): Promise<void> => {
    if (number === 0) {
      await inPieces(response, `${at(1)} one\n${at(2)} two\n${at(3)} lost ha`);
      response.destroy();
    } else if (number === 1) {
      assert.is(query.get('sinceTime'), at(2));
      await inPieces(response, `${at(2)} two\n${at(3)} lost half\n`);
    } else assert.unreachable('one stream is enough');
  };
  await scene([logPod('shop-main-1-a')], log, async ({ follow, server }) => {
    const { status, stdout } = await follow(3, '-r');
    assert.equal([status, stdout], [130, 'one\ntwo\nlost half\n']);
    assert.is(server.requests[0]!.query.get('sinceSeconds'), '1');
    assert.is(server.requests[0]!.query.get('follow'), 'true');
  });
});

test('following, a container that is starting is asked again', async () => {
  const log = ({ response, number }: LogRequest): void => {
    response.statusCode = number < 2 ? 400 : 200;
    if (number < 2) response.end();
    else response.write(`${at(1)} started\n`);
  };
  await scene([logPod('shop-main-1-a')], log, async ({ follow }) => {
    assert.is((await follow(1, '-r')).stdout, 'started\n');
  });
});

test('following, a log that still cannot be read after some tries is named, once', async () => {
  const log = ({ response, number }: LogRequest): void => {
    response.statusCode = number < 4 ? 500 : 200;
    response.end(number < 4 ? '{"kind": "Status", "message": "no kubelet"}' : `${at(1)} at last\n`);
  };
  await scene([logPod('shop-main-1-a')], log, async ({ follow }) => {
    const { stdout, stderr } = await follow(1, '-r');
    assert.equal([stdout, stderr], ['at last\n', 'shop-main-1-a main: no kubelet\n']);
  });
});

test('following, restarts and new pods are followed from their beginning', async () => {
  let server: LogServer | undefined;
  const log = ({ pod, response, number, query }: LogRequest): void => {
    if (pod.endsWith('b')) {
      assert.is(query.get('sinceSeconds'), null);
      response.write(`${at(3)} new pod\n`);
    } else if (number === 0) {
      response.end(`${at(1)} first run\n`);
      server!.event('MODIFIED', logPod('shop-main-1-a', { state: { waiting: {} } }));
      server!.event('MODIFIED', logPod('shop-main-1-a', { restarts: 1 }));
    } else {
      assert.is(query.get('sinceSeconds'), null);
      response.write(`${at(2)} second run\n`);
      server!.event('ADDED', logPod('shop-main-1-b'));
    }
  };
  await scene([logPod('shop-main-1-a')], log, async (made) => {
    server = made.server;
    const { stdout } = await made.follow(3, '-r');
    assert.is(stdout, 'first run\nsecond run\nnew pod\n');
  });
});

test('following, a run that ended before anybody looked is shown, one that was over at the start is not', async () => {
  let server: LogServer | undefined;
  const over = logPod('shop-main-1-a', { restarts: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } });
  const log = ({ pod, response, number }: LogRequest): void => {
    response.end(pod.endsWith('a') ? `${at(2)} next run\n` : `${at(number + 3)} crash ${number}\n`);
    if (pod.endsWith('b')) return;
    server!.event('ADDED', logPod('shop-main-1-b', { state: { terminated: { exitCode: 1 } } }));
  };
  await scene([over], log, async (made) => {
    server = made.server;
    const restarted = logPod('shop-main-1-a', { restarts: 5, state: { terminated: { exitCode: 1 } } });
    const restarting = setInterval(() => server!.event('MODIFIED', restarted), 20);
    const { stdout } = await made.follow(2, '-r');
    clearInterval(restarting);
    assert.is(stdout, 'next run\ncrash 0\n');
  });
});

test('following, a stream that breaks while the container restarts gives no line twice', async () => {
  let server: LogServer | undefined;
  const log = async ({ response, number }: LogRequest): Promise<void> => {
    if (number === 0) {
      await inPieces(response, `${at(1)} first run\n`);
      response.destroy();
    } else if (number === 1) {
      // The container is another run already; the watch tells later.
      response.write(`${at(2)} second run\n`);
      server!.event('MODIFIED', logPod('shop-main-1-a', { restarts: 1 }));
      setTimeout(() => response.end(`${at(3)} its end\n`), 100);
    } else response.end(`${at(2)} second run\n${at(3)} its end\n${at(4)} last word\n`);
  };
  await scene([logPod('shop-main-1-a')], log, async (made) => {
    server = made.server;
    assert.is((await made.follow(4, '-r')).stdout, 'first run\nsecond run\nits end\nlast word\n');
  });
});

test('following without pods says so, and waits for some', async () => {
  let server: LogServer | undefined;
  const log = ({ response }: LogRequest): void => void response.write(`${at(1)} here\n`);
  await scene([], log, async (made) => {
    server = made.server;
    const waiting = setInterval(() => server!.event('ADDED', logPod('shop-main-1-a')), 20);
    const { stdout, stderr } = await made.follow(1, '-r');
    clearInterval(waiting);
    assert.equal([stdout, stderr], ['here\n', 'no pods in paastasvc-shop yet\n']);
  });
});

test('without pods, or without the one asked for, it says so', async () => {
  const log = (): void => assert.unreachable('there is nothing to read');
  await scene([], log, async ({ logs }) => {
    assert.equal(await logs(), { status: 1, stdout: '', stderr: 'paasta-gitops logs: no pods in paastasvc-shop\n' });
  });
  await scene([logPod('shop-main-1-a')], log, async ({ logs }) => {
    const { status, stderr } = await logs('-p', 'x');
    assert.equal([status, stderr], [1, 'paasta-gitops logs: no such pod; there is shop-main-1-a\n']);
  });
});

test('that stdout alone cannot be had is said once', async () => {
  const log = ({ response }: LogRequest): void => void response.end(`${at(1)} x\n`);
  await scene([logPod('shop-main-1-a')], log, async ({ logs }) => {
    const { stderr } = await logs('-C', 'stdout');
    assert.is(stderr, 'the API server merges stdout and stderr of a container: both are shown\n');
    assert.is((await logs('-C', 'stdout,stderr')).stderr, '');
  });
});

test('names that soa-configs do not have, and flags that do not go together', async () => {
  const company = checkCompany('main: {}\n');
  const cases: [string[], number, RegExp][] = [
    [['-s', 'shap', '-i', 'main'], 1, /there is no service "shap"; did you mean "shop"\?/],
    [['-s', 'shop', '-i', 'other'], 1, /there is no instance "other" of shop in norcal-prod; there is main/],
    [['-s', 'shop', '-i', 'main', '-c', 'x'], 1, /there is no cluster "x"; there is norcal-prod/],
    [['-s', 'shop'], 2, /-s SERVICE and -i INSTANCE are needed/],
    [['-s', 'shop', '-i', 'main', '-C', 'stdout,stder'], 2, /-C takes app_output.*"stder": did you mean "stderr"\?/],
    [['-s', 'shop', '-i', 'main', '-n', '0'], 2, /--lines is a number of at least 1/],
    [['-s', 'shop', '-i', 'main', '-f', '--to', '5m'], 2, /takes neither --to nor --previous/],
    [['-s', 'shop', '-i', 'main', '-n', '5', '--from', '5m'], 2, /two beginnings/],
    [['-s', 'shop', '-i', 'main', '--from', 'noon'], 2, /--from "noon" is no time/],
  ];
  try {
    for (const [args, status, message] of cases) {
      const result = await callCli(['logs', ...args], { cwd: company.folder });
      assert.is(result.status, status, result.stderr);
      assert.match(result.stderr, message);
    }
  } finally {
    company.remove();
  }
});

const again = ({ response }: LogRequest): void => {
  const more = setInterval(() => response.write(`${at(1)} again and again\n`), 1);
  response.on('close', () => {
    clearInterval(more);
  });
};

test('a reader that goes away ends it quietly', async () => {
  await scene([logPod('shop-main-1-a')], again, async ({ args, folder }) => {
    const child = spawn(process.execPath, [PROGRAM, ...args, '-f'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      assert.match(line, 'again and again');
      break;
    }
    child.stdout.destroy();
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal([status, stderr], [0, '']);
  });
});

if (existsSync('/dev/full')) {
  test('output that is full ends it with 1', async () => {
    await scene([logPod('shop-main-1-a')], again, async ({ args, folder }) => {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [PROGRAM, ...args, '-f'], { cwd: folder, stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      let stderr = '';
      child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const [status] = (await once(child, 'close')) as [number | null];
      assert.match(stderr, /^paasta-gitops: cannot write to standard output: ENOSPC[^\n]*\n$/);
      assert.is(status, 1);
    });
  });
} else skipSuite('logs: a full standard output', 'there is no /dev/full');

test.run();
