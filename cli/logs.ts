import { ConnectionProblem } from '../cluster/connection.ts';
import { listPages } from '../cluster/list-pages.ts';
import type { ApiClient } from '../cluster/api-client.ts';
import { ApiFailure } from '../cluster/api-failure.ts';
import { didYouMean } from '../compiler/diagnostics/did-you-mean.ts';
import { applicationName, defaultNamespace } from '../compiler/model/names.ts';
import { jobSelector } from '../monitoring/job-labels.ts';
import { containerRuns, type ContainerRun } from '../monitoring/logs/containers.ts';
import { fetchLogs } from '../monitoring/logs/fetch-logs.ts';
import { followLogs } from '../monitoring/logs/follow-logs.ts';
import { formatLine, type LogStyle } from '../monitoring/logs/format-line.ts';
import type { LogLine } from '../monitoring/logs/log-line.ts';
import { timePoint } from '../monitoring/logs/time-point.ts';
import { CLUSTER_ACCESS_OPTIONS, contextOf, openCluster } from './cluster-access.ts';
import { clusterInstances, UnknownChoice } from './cluster-instances.ts';
import { INPUT_OPTIONS, loadProject } from './project.ts';
import { safeText } from './safe-text.ts';
import { whenOutputEnds } from './standard-output.ts';
import { isOn, textOf, textsOf, UsageError, type Call, type OptionValues, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'logs',
  usage: 'logs -s SERVICE -i INSTANCE [-c CLUSTER] [-f] [-n LINES] [--from TIME] [--to TIME]',
  description: `
Shows what the containers of an instance wrote, in the order of time: the last 100 lines, or as many as -n says, or everything
from --from on. With -f it goes on with what is written from now on, through bounces and restarts, until Ctrl-C.

Times are ISO dates and times, or how long ago: 5m, 1d3h. Control characters are shown as escapes unless -r.

Exit status: 0, 1 when service, instance or cluster is unknown, nothing runs, no log can be read, or the cluster refuses, 2 wrong
usage, 130 Ctrl-C.`,
  options: {
    ...INPUT_OPTIONS,
    ...CLUSTER_ACCESS_OPTIONS,
    cluster: { short: 'c', value: 'CLUSTER', help: 'the cluster (default: the only configured one)' },
    service: { short: 's', value: 'SERVICE', help: 'the service' },
    instance: { short: 'i', value: 'INSTANCE', help: 'the instance' },
    pods: { short: 'p', value: 'PODS', multiple: true, help: 'only these pods, separated by commas' },
    components: { short: 'C', value: 'NAMES', help: 'app_output, or stdout,stderr, which the API server merges' },
    follow: { short: 'f', aliases: ['tail'], help: 'go on with what is written from now on' },
    lines: { short: 'n', value: 'LINES', help: 'the last lines (default 100; with -f none)' },
    from: { short: 'a', value: 'TIME', help: 'from this time on' },
    to: { short: 't', value: 'TIME', help: 'up to this time' },
    previous: { help: 'of the containers before their last restart' },
    'strip-headers': { short: 'S', help: 'the time and the message alone' },
    raw: { short: 'r', help: 'the message alone, as it was written' },
    'no-color': { help: 'no colours' },
  },
  run,
};

const DEFAULT_LINES = 100;
const MERGED = 'the API server merges stdout and stderr of a container: both are shown';

interface Question {
  readonly namespace: string;
  readonly workload: string;
  readonly labelSelector: string;
  readonly pods: readonly string[];
  readonly lines: number | null;
  readonly from: string | null;
  readonly to: string | null;
}

async function run({ values, io }: Call): Promise<number> {
  const abort = new AbortController();
  const end = new Endings(abort);
  let client: ApiClient | undefined;
  try {
    const { project } = loadProject(values, io);
    const { question, cluster } = understand(values, project);
    const style: LogStyle = {
      ...{ isRaw: isOn(values, 'raw'), isBare: isOn(values, 'strip-headers'), workload: question.workload },
      ...{ hasColor: io.hasColor && !isOn(values, 'no-color'), safe: safeText },
    };
    const isBoth = asksForBoth(textOf(values, 'components') ?? 'app_output');
    if (!isBoth) io.err(`${MERGED}\n`);
    client = await openCluster(values, contextOf(values, project, cluster), io, {
      attempts: 3,
      sockets: MOST_STREAMS,
    });
    const print = (from: ContainerRun, line: LogLine): void => {
      io.out(formatLine(from, line, style));
    };
    const show = isOn(values, 'follow') ? follow : fetchAll;
    const status = await show({ client, question, values, print, signal: abort.signal, err: io.err });
    return end.status ?? status;
  } catch (error) {
    if (end.status !== undefined) return end.status;
    const isKnown = [UnknownChoice, ConnectionProblem, ApiFailure].some((kind) => error instanceof kind);
    if (!isKnown || !(error instanceof Error)) throw error;
    io.err(`paasta-gitops logs: ${safeText(error.message)}\n`);
    return 1;
  } finally {
    end.forget();
    client?.close();
  }
}

/** Each log is a connection of its own for as long as it is read. */
const MOST_STREAMS = 4096;

interface Showing {
  readonly client: ApiClient;
  readonly question: Question;
  readonly values: OptionValues;
  readonly print: (run: ContainerRun, line: LogLine) => void;
  readonly signal: AbortSignal;
  readonly err: (text: string) => void;
}

async function fetchAll({ client, question, values, print, signal, err }: Showing): Promise<number> {
  const { namespace, labelSelector, pods, lines, from, to } = question;
  const found: ContainerRun[] = [];
  const collection = `/api/v1/namespaces/${namespace}/pods`;
  await listPages(client, collection, { labelSelector, signal }, (pod) => found.push(...containerRuns(pod)));
  const runs = found.filter(({ pod }) => pods.length === 0 || pods.includes(pod));
  if (runs.length === 0) {
    const known = [...new Set(found.map(({ pod }) => pod))];
    const why = known.length === 0 ? `no pods in ${namespace}` : `no such pod; there is ${known.join(', ')}`;
    err(`paasta-gitops logs: ${safeText(why)}\n`);
    return 1;
  }
  const last = lines ?? (from === null ? DEFAULT_LINES : null);
  // With an upper limit in time the last lines of the log are not the last lines that count.
  const tailLines = to === null && last !== null ? last : undefined;
  const range = { previous: isOn(values, 'previous'), sinceTime: from ?? undefined, tailLines };
  const isRead = await fetchLogs({
    ...{ client, runs, range, until: to, last, signal, onLine: print },
    onTrouble: ({ pod, container }, why) => {
      err(`${safeText(`${pod} ${container}: ${why}`)}\n`);
    },
  });
  return isRead ? 0 : 1;
}

async function follow({ client, question, print, signal, err }: Showing): Promise<number> {
  const { namespace, labelSelector, pods, lines, from } = question;
  const told = new Set<string>();
  const since = from === null ? { sinceSeconds: 1 } : { sinceTime: from };
  await followLogs({
    ...{ client, namespace, labelSelector, signal, onLine: print },
    initial: lines === null ? since : { tailLines: lines },
    isWanted: ({ pod }) => pods.length === 0 || pods.includes(pod),
    onTrouble: (why) => {
      if (!told.has(why)) err(`${safeText(why)}\n`);
      told.add(why);
    },
  });
  return 0;
}

function understand(
  values: OptionValues,
  project: Parameters<typeof clusterInstances>[0],
): { readonly question: Question; readonly cluster: string } {
  const [service, instance] = [textOf(values, 'service'), textOf(values, 'instance')];
  if (service === undefined || instance === undefined) throw new UsageError('-s SERVICE and -i INSTANCE are needed');
  const lines = linesOf(values);
  const [from, to] = [timeOf(values, 'from'), timeOf(values, 'to')];
  const isFollowing = isOn(values, 'follow');
  if (isFollowing && (to !== null || isOn(values, 'previous'))) {
    throw new UsageError('-f goes on from now: it takes neither --to nor --previous');
  }
  if (lines !== null && from !== null) throw new UsageError('-n and --from are two beginnings: give one');
  const { config, instances } = clusterInstances(project, { cluster: textOf(values, 'cluster'), service, instance });
  const namespace = instances[0]?.namespace ?? defaultNamespace(service);
  const labelSelector = jobSelector(service, instance);
  const pods = textsOf(values, 'pods').flatMap((list) => list.split(','));
  const workload = applicationName(service, instance);
  return { question: { namespace, workload, labelSelector, pods, lines, from, to }, cluster: config.cluster };
}

/** PaaSTA's names of what containers write; its others come from elsewhere, and it refuses what no log reader has. */
const COMPONENTS = ['app_output', 'stdout', 'stderr'];

function asksForBoth(components: string): boolean {
  const names = components.split(',');
  const unknown = names.find((name) => !COMPONENTS.includes(name));
  if (unknown !== undefined) {
    const { hint } = didYouMean(unknown, COMPONENTS);
    const which = `-C takes ${COMPONENTS.join(', ')}; found "${safeText(unknown)}"`;
    throw new UsageError(hint === undefined ? which : `${which}: ${hint}`);
  }
  return names.includes('app_output') || (names.includes('stdout') && names.includes('stderr'));
}

function linesOf(values: OptionValues): number | null {
  const text = textOf(values, 'lines');
  if (text === undefined) return null;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--lines is a number of at least 1; found "${text}"`);
  return Number(text);
}

function timeOf(values: OptionValues, flag: string): string | null {
  const text = textOf(values, flag);
  if (text === undefined) return null;
  const time = timePoint(text, new Date());
  if (time === undefined)
    throw new UsageError(`--${flag} "${safeText(text)}" is no time: give an ISO time, or 5m or 1d3h`);
  return time;
}

/** Ctrl-C, a reader that has gone away, and output that is refused: each ends everything at once. */
class Endings {
  status: number | undefined;
  readonly #onInterrupt: () => void;

  constructor(abort: AbortController) {
    this.#onInterrupt = () => {
      this.status = 130;
      abort.abort();
    };
    process.once('SIGINT', this.#onInterrupt);
    whenOutputEnds(() => {
      this.status = 0;
      abort.abort();
    });
  }

  forget(): void {
    process.removeListener('SIGINT', this.#onInterrupt);
    whenOutputEnds(() => undefined);
  }
}
