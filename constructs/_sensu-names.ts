import type { HandlerKind } from '../compiler/model/sensu.ts';

/** The handler that a team's checks name: a set of the team's own handlers. */
export function teamHandlerName(team: string): string {
  return `team_${team}`;
}

/** One way in which a team is told. */
export function memberHandlerName(kind: HandlerKind, team: string): string {
  return `${kind}_${team}`;
}

export const FILTERS = {
  occurrences: 'paasta_occurrences',
  page: 'paasta_page',
  ticket: 'paasta_ticket',
} as const;
