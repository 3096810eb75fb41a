import { join } from 'node:path';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import { commitFileChange } from '../delivery/files/config-repository.ts';
import { isFileSourced } from '../delivery/files/read-deployments.ts';
import { EMPTY_DEPLOYMENTS, type DeploymentsDocument } from '../delivery/deployments-document.ts';
import { deploymentsFromRefs, type DeploymentsFromRefs } from '../delivery/deployments-from-refs.ts';
import { deploymentsText, isSameJson, STYLES, type Style } from '../delivery/deployments-text.ts';
import { deployInstances, type DeployInstance } from '../delivery/deploy-branches.ts';
import { inParallel, oneByOne } from '../delivery/in-parallel.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { gitUrlOf } from '../delivery/service-facts.ts';
import { openCodeRepository } from '../delivery/tags/code-repository.ts';
import { replaceFile } from '../delivery/write-file.ts';
import { asGitFailure } from '../git/git-failure.ts';
import { checkGitUrl } from '../git/git-url.ts';
import { withScratchRepository } from '../git/scratch-repository.ts';
import type { SafeGit } from '../git/safe-git.ts';
import { configRepositoryOf, CONFIG_REPOSITORY_OPTIONS, type ConfigRepository } from './config-target.ts';
import { countOf, DELIVERY_OPTIONS, printJson, withDelivery, type Delivery } from './delivery-call.ts';
import { isOn, textOf, textsOf, UsageError, type Call, type Verb } from './verb.ts';

const GIT_SECONDS = 60;

export const verb: Verb = {
  name: 'deployments',
  usage: 'deployments generate [-s SERVICE]... [--style pretty|paasta] [--commit]',
  description: `
Reads the deploy, start and stop tags of each service's repository and writes SERVICE/deployments.json where they say
something new. A file that is equal is not touched; a file that commits change ("source": "file") is left alone.
Without -s, all services with an instance in a known cluster. One service that fails never stops another.

With --commit the change of each service becomes one commit in the configuration repository, pushed and never forced, instead
of a change on disk.

Exit status: 0 all is up to date, 1 a service failed, 2 wrong usage.`,
  words: { min: 1, max: 1 },
  options: {
    ...DELIVERY_OPTIONS,
    service: { short: 's', value: 'SERVICE', multiple: true, help: 'only this service (repeatable)' },
    style: {
      value: STYLES.join('|'),
      choices: STYLES,
      help: 'pretty (default): sorted, for reviews; paasta: one line',
    },
    jobs: { short: 'j', value: 'N', help: 'repositories read at once (default 8)' },
    commit: { help: 'commit and push instead of writing to the soa dir' },
    ...CONFIG_REPOSITORY_OPTIONS,
  },
  run: (call) => withDelivery(call, (delivery) => run(call, delivery)),
};

type Outcome =
  | {
      readonly service: string;
      readonly result: 'changed' | 'unchanged';
      readonly commit?: string;
      readonly notes: DeploymentsFromRefs | null;
    }
  | { readonly service: string; readonly result: 'file-mode' | 'no-instances' }
  | { readonly service: string; readonly result: 'failed'; readonly message: string };

async function run({ words, values, io }: Call, delivery: Delivery): Promise<number> {
  if (words[0] !== 'generate') throw new UsageError(`deployments takes "generate"; found "${words[0]!}"`);
  if (delivery.services.length === 0) throw new DeliveryProblem('the soa-configs directory holds no service');
  const chosen = textsOf(values, 'service').map((name) => name.replace(/\/+$/, ''));
  const unknown = chosen.filter((name) => !delivery.services.includes(name));
  if (unknown.length > 0)
    throw new DeliveryProblem(`there is no service ${unknown.map((name) => JSON.stringify(name)).join(', ')}`);
  const services = chosen.length > 0 ? [...new Set(chosen)] : delivery.services;
  const style: Style = textOf(values, 'style') === 'paasta' ? 'paasta' : 'pretty';
  const target = isOn(values, 'commit') ? await configRepositoryOf(delivery) : null;
  const git = { env: io.env, allowFile: delivery.allowFile, timeoutSeconds: GIT_SECONDS };
  const outcomes = await withScratchRepository(git, (scratch) => {
    const options = { scratch, style, target, isNamed: chosen.length > 0, commitInTurn: oneByOne() };
    return inParallel(services, countOf(values, 'jobs', 8, 1), (service) => generateOne(delivery, service, options));
  });
  print(delivery, outcomes);
  return outcomes.some(({ result }) => result === 'failed') ? 1 : 0;
}

interface GenerateOptions {
  readonly scratch: SafeGit;
  readonly style: Style;
  readonly target: ConfigRepository | null;
  /** Commits share one repository and stand in line. */
  readonly commitInTurn: ReturnType<typeof oneByOne>;
  /** The service was asked for by name: an empty document is written even without instances. */
  readonly isNamed: boolean;
}

async function generateOne(delivery: Delivery, service: string, options: GenerateOptions): Promise<Outcome> {
  try {
    const before = currentText(delivery, service);
    if (isFileSourced(before)) return { service, result: 'file-mode' };
    const sources = delivery.load(service);
    const { instances, errors } = deployInstances(sources);
    if (errors.length > 0) {
      delivery.report(errors);
      return { service, result: 'failed', message: 'its files cannot be read, see above' };
    }
    if (instances.length === 0 && !options.isNamed) return { service, result: 'no-instances' };
    const notes = await documentOf(delivery, sources, instances, options.scratch);
    return await writeOne(delivery, service, notes, before, options);
  } catch (error) {
    const message = error instanceof DeliveryProblem ? error.message : asGitFailure(error).message;
    return { service, result: 'failed', message };
  }
}

async function documentOf(
  delivery: Delivery,
  sources: ServiceSources,
  instances: readonly DeployInstance[],
  scratch: SafeGit,
): Promise<DeploymentsFromRefs> {
  const url = gitUrlOf(sources.service, sources.serviceYaml);
  if (url !== null && typeof url === 'object') throw new DeliveryProblem(url.problem);
  if (url === null || instances.length === 0) return { document: EMPTY_DEPLOYMENTS, notDeployed: [], warnings: [] };
  const refused = checkGitUrl(url, delivery.allowFile);
  if (refused !== null)
    throw new DeliveryProblem(`git_url of ${sources.service}: ${refused.problem} (${refused.hint})`);
  return deploymentsFromRefs(sources.service, instances, await openCodeRepository(scratch, url).refs('tags'));
}

async function writeOne(
  delivery: Delivery,
  service: string,
  notes: DeploymentsFromRefs,
  before: string | null,
  { style, target, scratch, commitInTurn }: GenerateOptions,
): Promise<Outcome> {
  const { document } = notes;
  const isStyleAsked = textOf(delivery.values, 'style') !== undefined;
  const edit = (old: string | null): string | null => {
    if (isFileSourced(old)) return null;
    const text = deploymentsText(document, style);
    return isSameDocument(old, document) && !(isStyleAsked && old !== text) ? null : text;
  };
  if (target === null) {
    const text = edit(before);
    if (text !== null) await replaceFile(join(delivery.project.soaDir, service, 'deployments.json'), text);
    return { service, result: text === null ? 'unchanged' : 'changed', notes };
  }
  const message = `${service}: take over what was marked\n\nService: ${service}\nGenerator: ${target.generator}\n`;
  const change = { path: target.pathOf(service), edit, message, identity: target.identity };
  const { commit } = await commitInTurn(() => commitFileChange(scratch, delivery.clock, target, change));
  if (commit === null) return { service, result: 'unchanged', notes };
  return { service, result: 'changed', commit, notes };
}

function currentText({ soa }: Delivery, service: string): string | null {
  const found = soa.read(`${service}/deployments.json`);
  if (found.kind === 'file') return Buffer.from(found.bytes).toString('utf8');
  if (found.kind === 'absent') return null;
  throw new DeliveryProblem(`${service}/deployments.json ${found.detail}`);
}

function isSameDocument(text: string | null, document: DeploymentsDocument): boolean {
  if (text === null) return false;
  try {
    return isSameJson(JSON.parse(text), document);
  } catch {
    return false;
  }
}

function print(delivery: Delivery, outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    const { service, result } = outcome;
    if (result === 'failed') delivery.io.err(`paasta-gitops: error: ${service}: ${outcome.message}\n`);
    if (result !== 'changed' && result !== 'unchanged') continue;
    for (const warning of outcome.notes?.warnings ?? []) delivery.warn(`${service}: ${warning}`);
    if (result === 'changed')
      delivery.say(`${service}: ${outcome.commit === undefined ? 'written' : `committed ${outcome.commit}`}`);
  }
  const count = (...kinds: readonly Outcome['result'][]): number =>
    outcomes.filter(({ result }) => kinds.includes(result)).length;
  delivery.say(
    `${count('changed')} changed, ${count('unchanged')} unchanged, ${count('failed')} failed` +
      (count('file-mode') === 0 ? '' : `, ${count('file-mode')} changed by commits only`),
  );
  if (!delivery.isJson) return;
  printJson(
    delivery,
    outcomes.map((outcome) => {
      if (!('notes' in outcome)) return outcome;
      const { notes, ...rest } = outcome;
      return { ...rest, notDeployed: notes?.notDeployed ?? [], warnings: notes?.warnings ?? [] };
    }),
  );
}
