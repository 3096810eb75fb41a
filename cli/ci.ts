import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { isMap } from '../compiler/model/yaml-value.ts';
import type { ServiceSources } from '../compiler/model/service-sources.ts';
import {
  CI_MARK,
  ciHeader,
  configPipeline,
  planCi,
  servicePipeline,
  TARGETS,
  type CiFile,
  type CiTarget,
} from '../delivery/ci/index.ts';
import { pipelineOf } from '../delivery/pipeline/read-pipeline.ts';
import { DeliveryProblem } from '../delivery/problem.ts';
import { runProgram } from '../delivery/run-program.ts';
import { replaceFile } from '../delivery/write-file.ts';
import {
  DELIVERY_OPTIONS,
  printJson,
  required,
  SERVICE_OPTION,
  serviceOf,
  withDelivery,
  type Delivery,
} from './delivery-call.ts';
import { version } from './version.ts';
import { isOn, textOf, UsageError, type Call, type Verb } from './verb.ts';

/** Seconds until a security check is stopped. PaaSTA: `security-check`. */
const CHECK_SECONDS = 3600;

export const verb: Verb = {
  name: 'ci',
  usage:
    'ci generate --target TARGET [-s SERVICE] [--out DIR] [--check] | ci run-step security-check -s SERVICE -c COMMIT',
  description: `
generate  writes the pipeline file of a service's code repository, from its deploy.yaml, where the target looks for it below
          --out; without -s, that of the configuration repository. --check writes nothing and fails when the file is stale.
run-step  runs a built-in step that is a command of the system configuration (security_check_command).

A file that was not generated is not replaced, unless with --force.

Exit status: 0 done (check: up to date), 1 not, 2 wrong usage.`,
  words: { min: 1, max: 2 },
  options: {
    ...DELIVERY_OPTIONS,
    ...SERVICE_OPTION,
    target: { value: TARGETS.join('|'), choices: TARGETS, help: 'where the pipeline runs' },
    out: { value: 'DIR', help: 'top of the repository that the file is for (default: here)' },
    branch: { value: 'BRANCH', help: 'branch whose commits are deployed (default main)' },
    check: { help: 'fail when the file is not what would be generated' },
    force: { short: 'f', help: 'replace a file that was not generated' },
    commit: { short: 'c', value: 'SHA', help: 'run-step: the commit to check' },
  },
  run,
};

function run(call: Call): Promise<number> {
  const [first, second] = call.words;
  if (first === 'generate' && second === undefined) return withDelivery(call, generate);
  if (first === 'run-step' && second === 'security-check') return withDelivery(call, securityCheck);
  throw new UsageError(`ci takes "generate" or "run-step security-check"; found "${call.words.join(' ')}"`);
}

async function generate(delivery: Delivery): Promise<number> {
  const { values, io } = delivery;
  const target = TARGETS.find((name) => name === textOf(values, 'target'));
  if (target === undefined) throw new UsageError(`which target? give --target ${TARGETS.join('|')}`);
  const branch = textOf(values, 'branch') ?? 'main';
  if (!/^[A-Za-z0-9._][A-Za-z0-9._/-]*$/.test(branch))
    throw new UsageError(`${JSON.stringify(branch)} is not the name of a branch`);
  const file =
    textOf(values, 'service') === undefined ? configFile(target, branch) : serviceFile(delivery, target, branch);
  const path = join(resolve(io.cwd, textOf(values, 'out') ?? '.'), file.path);
  const existing = await readFile(path, 'utf8').catch(() => null);
  const shown = relative(io.cwd, path) || path;
  const isSame = existing === file.content;
  if (isOn(values, 'check')) {
    if (delivery.isJson) printJson(delivery, { file: shown, upToDate: isSame });
    if (isSame) delivery.say(`${shown} is up to date`);
    else
      io.err(
        `paasta-gitops: ${shown} is ${existing === null ? 'missing' : 'stale'}: run ci generate --target ${target} and commit it\n`,
      );
    return isSame ? 0 : 1;
  }
  if (existing !== null && !existing.split('\n', 1)[0]!.includes(CI_MARK) && !isOn(values, 'force')) {
    throw new DeliveryProblem(`${shown} was not generated and is left alone`, 'give --force to replace it');
  }
  if (!isSame) {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, file.content);
  }
  if (delivery.isJson) printJson(delivery, { file: shown, changed: !isSame });
  delivery.say(`${shown} ${isSame ? 'is up to date' : 'is written'}`);
  return 0;
}

function serviceFile(delivery: Delivery, target: CiTarget, branch: string): CiFile {
  const service = serviceOf(delivery);
  const sources = delivery.load(service);
  const { pipeline, problems } = pipelineOf(sources);
  const source = pipelineSource(sources);
  if (problems.length > 0) {
    const list = problems.map(({ path, message }) => `\n  ${path.join('.')}: ${message}`).join('');
    throw new DeliveryProblem(`${source.file} cannot be turned into a pipeline:${list}`);
  }
  if (pipeline.items.length === 0)
    throw new DeliveryProblem(`${service} has no pipeline`, `write ${service}/deploy.yaml`);
  const isDefault = delivery.system.clusters.some(({ raw }) => raw['enable_automated_redeploys_default'] === true);
  const plan = planCi(service, pipeline, isDefault);
  for (const note of plan.notes) delivery.warn(note);
  const digest = createHash('sha256').update(source.text).digest('hex');
  const header = ciHeader(`--target ${target} -s ${service}`, source.file, digest);
  return servicePipeline(target, plan, { version: version(), branch, header });
}

/** The file that a service's pipeline comes from: service.yaml where it has the key `deploy`. */
function pipelineSource({ service, serviceYaml, deploy }: ServiceSources): {
  readonly file: string;
  readonly text: string;
} {
  const isInService =
    serviceYaml.kind === 'read' &&
    isMap(serviceYaml.document.value) &&
    Object.hasOwn(serviceYaml.document.value, 'deploy');
  const chosen = isInService ? serviceYaml : deploy;
  if (chosen.kind === 'read') return { file: chosen.document.file, text: chosen.document.text };
  if (chosen.kind === 'broken')
    throw new DeliveryProblem(`${chosen.file} cannot be read`, `validate -s ${service} says why`);
  return { file: `${service}/deploy.yaml`, text: '' };
}

function configFile(target: CiTarget, branch: string): CiFile {
  const digest = createHash('sha256').update(version()).digest('hex');
  const header = ciHeader(`--target ${target}`, `version ${version()}`, digest);
  return configPipeline(target, { version: version(), branch, header });
}

async function securityCheck(delivery: Delivery): Promise<number> {
  const { io, system, values } = delivery;
  const service = serviceOf(delivery);
  const sha = required(values, 'commit', 'which commit? give -c SHA');
  if (!/^[0-9a-f]{4,40}$/.test(sha)) throw new UsageError(`${JSON.stringify(sha)} is no commit id`);
  const commands = new Set(
    system.clusters.map(({ raw }) => raw['security_check_command']).filter((command) => typeof command === 'string'),
  );
  if (commands.size === 0) delivery.say('no security_check_command is configured: nothing to run');
  for (const command of commands) {
    const options = { cwd: io.cwd, env: io.env, timeoutSeconds: CHECK_SECONDS, onOutput: io.err };
    if ((await runProgram('sh', ['-c', `${command} "$@"`, 'sh', service, sha], options)) === 0) continue;
    io.err(`paasta-gitops: the security check of ${service} at ${sha} failed\n`);
    return 1;
  }
  return 0;
}
