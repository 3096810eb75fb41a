import { printedBy } from './sealed-run.ts';
import { SYNTH_OPTIONS } from './synth-options.ts';
import { synthesiseFleet } from './synth-run.ts';
import { openSeal } from './synth-seal.ts';
import type { Call, Verb } from './verb.ts';

export const verb: Verb = {
  name: 'synth',
  usage: 'synth [--soa-dir D] [--system-config-dir D] [--out D] [--cluster C]... [-s S]... [-i I]...',
  description: `
Reads soa-configs, deployments.json and the system configuration, and writes the Kubernetes manifests of every configured
cluster to --out. Files that did not change are not touched; files written by hand are never touched.

A finding of severity error is shown, holds back the least that it feeds and keeps its earlier output; everything else is
written. Findings about the output tree are shown. Others are counted: validate shows them, as does -v.
A run with -s or -i leaves files that several services share alone and removes nothing outside of it.

Exit status: 0 all is written, 1 something was held back, 2 wrong usage, 4 removing so much needs --force-prune.`,
  options: SYNTH_OPTIONS,
  run,
};

async function run(call: Call): Promise<number> {
  const outcome = await synthesiseFleet(call, call.seal ?? openSeal(call));
  call.io.err(outcome.stderr);
  for (const text of printedBy(outcome)) call.io.out(String(text));
  return outcome.status;
}
