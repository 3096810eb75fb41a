import { stateVerb } from './state-verb.ts';

export const verb = stateVerb(
  'stop',
  `
Takes instances down to 0 replicas; their objects stay. The stop ends with "start", or when another commit is deployed to
their deploy group. To stop for good, set "instances: 0" in soa-configs.`,
);
