import { CACHE_OPTIONS } from './cache-place.ts';
import { INPUT_OPTIONS } from './project-file.ts';
import { SCOPE_OPTIONS } from './scope.ts';
import { TWO_PHASE_OPTION } from './two-phase-option.ts';
import { outputOption, type OptionSpecs } from './verb.ts';

/** Flags of `synth`. */
export const SYNTH_OPTIONS: OptionSpecs = {
  ...INPUT_OPTIONS,
  out: { value: 'DIR', help: 'output tree (default: project file, else dist)' },
  ...SCOPE_OPTIONS,
  'file-per': {
    value: 'instance|object',
    choices: ['instance', 'object'],
    help: 'one file an instance (default) or an object',
  },
  strict: { help: 'treat findings stricter than PaaSTA (policy) as errors' },
  'force-prune': { help: 'remove more than half of a cluster, or a whole one' },
  'two-phase': TWO_PHASE_OPTION,
  'rebuild-index': { help: 'find our files again by their first line when the index is lost' },
  ...CACHE_OPTIONS,
  'no-constructs': { help: "do not load the project's construct modules" },
  'no-validate': { help: 'skip schemas and rules; what cannot be loaded or resolved is still held back' },
  'no-mesh': { help: "leave synapse's objects as they are; with --no-validate, for comparing costs" },
  jobs: { short: 'j', value: 'N', help: 'make services in N threads: less time, more CPU and memory (default 1)' },
  provenance: {
    value: 'FILE',
    help: 'write which keys, system keys and defaults made each instance, a line of JSON for each; uses no cache',
  },
  output: outputOption(),
  verbose: { short: 'v', help: 'show warnings and notes too, and stacks of failing construct modules' },
};
