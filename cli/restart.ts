import { stateVerb } from './state-verb.ts';

export const verb = stateVerb(
  'restart',
  'replace the pods of instances',
  `
Asks for new pods of the same version, by the bounce method of each instance. A stopped instance is started. Without filters,
all instances of the service.`,
);
