import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  freeProxyPort,
  newServiceFiles,
  problemWithServiceName,
  PROXY_PORTS,
  proxyPortsIn,
} from '../delivery/new-service.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { checkGitUrl } from '../git/git-url.ts';
import { DELIVERY_OPTIONS, printJson, required, withDelivery, type Delivery } from './delivery-call.ts';
import { readEtcServices } from './etc-services.ts';
import { textOf, textsOf, UsageError, type Call, type Verb } from './verb.ts';

export const verb: Verb = {
  name: 'new',
  usage: 'new service NAME --team TEAM --description TEXT [-c CLUSTER]... [--git-url URL]',
  description: `
Writes SERVICE/ with service.yaml, smartstack.yaml (the lowest free proxy port from ${PROXY_PORTS.first} on), monitoring.yaml,
deploy.yaml and a kubernetes file for each cluster. With --link the result passes "validate --strict". All files appear together.

Exit status: 0 written, 1 not, 2 wrong usage.`,
  words: { min: 2, max: 2 },
  options: {
    ...DELIVERY_OPTIONS,
    team: { value: 'TEAM', help: 'who is told when it is down' },
    description: { value: 'TEXT', help: 'what it does, in one sentence' },
    link: { aliases: ['external-link'], value: 'URL', help: 'where to read more' },
    'git-url': { short: 'u', value: 'URL', help: 'its code (default: the default of PaaSTA)' },
    cluster: {
      short: 'c',
      value: 'CLUSTER',
      multiple: true,
      help: 'runs here; in the order of deploying (default: all that are configured)',
    },
    'etc-services': { value: 'FILE', help: 'a file like /etc/services, whose ports are taken' },
  },
  run: (call) => withDelivery(call, (delivery) => run(call, delivery)),
};

async function run({ words, values, io }: Call, delivery: Delivery): Promise<number> {
  const [kind, service] = words as [string, string];
  if (kind !== 'service') throw new UsageError(`new takes "service" and its name; found "${kind}"`);
  const problem = problemWithServiceName(service);
  if (problem !== null) throw new UsageError(`the name of a service has ${problem}; found ${JSON.stringify(service)}`);
  const team = required(values, 'team', 'who is told when it is down? give --team TEAM');
  const description = required(values, 'description', 'what does it do? give --description TEXT');
  const gitUrl = textOf(values, 'git-url') ?? `git@github.yelpcorp.com:services/${service}`;
  const refused = checkGitUrl(gitUrl, delivery.allowFile);
  if (refused !== null) throw new UsageError(`--git-url: ${refused.problem} (${refused.hint})`);
  const used = new Set([
    ...delivery.services.flatMap((name) => proxyPortsIn(delivery.load(name).smartstack)),
    ...(readEtcServices(textOf(values, 'etc-services'), io.cwd)?.keys() ?? []),
  ]);
  const proxyPort = freeProxyPort(used);
  if (proxyPort === null)
    throw new DeliveryProblem(`all proxy ports from ${PROXY_PORTS.first} to ${PROXY_PORTS.last} are taken`);
  const link = textOf(values, 'link') ?? null;
  const files = newServiceFiles({
    service,
    team,
    description,
    link,
    gitUrl,
    clusters: clustersOf(delivery),
    proxyPort,
  });
  await writeTogether(delivery.project.soaDir, service, files);
  delivery.say(`${service}/ is written: ${Object.keys(files).join(', ')} (proxy port ${proxyPort})`);
  if (delivery.isJson) printJson(delivery, { service, proxyPort, files: Object.keys(files) });
  return 0;
}

function clustersOf({ values, system }: Delivery): readonly string[] {
  const known = system.clusters.map(({ cluster }) => cluster);
  const chosen = [...new Set(textsOf(values, 'cluster'))];
  const unknown = chosen.filter((cluster) => !known.includes(cluster));
  if (unknown.length === 0) return chosen.length > 0 ? chosen : known;
  throw new DeliveryProblem(
    `there is no cluster ${unknown.map((name) => JSON.stringify(name)).join(', ')}`,
    `known: ${known.join(', ')}`,
  );
}

/** The folder appears with all its files, or not at all. */
async function writeTogether(soaDir: string, service: string, files: Readonly<Record<string, string>>): Promise<void> {
  const target = join(soaDir, service);
  const temporary = join(soaDir, `.${service}.${process.pid}.tmp`);
  try {
    await mkdir(temporary);
    for (const [name, text] of Object.entries(files)) await writeFile(join(temporary, name), text);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR')
      throw new DeliveryProblem(`${service}/ exists already`);
    throw new DeliveryProblem(
      `${service}/ cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
