import { stateVerb } from './state-verb.ts';

export const verb = stateVerb(
  'start',
  `
Ends a stop, or restarts what runs: every start makes a new time stamp, which replaces the pods by the bounce method of each
instance. Without filters, all instances of the service.`,
);
