import type { Outcome } from './resolve-entry.ts';

/** Reports instances of one service whose names become the same in Kubernetes, such as `a_b` and `a--b`. */
export function reportCollisions(outcomes: readonly Outcome[]): void {
  const users = new Map<string, Extract<Outcome, { state: 'resolved' }>[]>();
  for (const outcome of outcomes) {
    if (outcome.state !== 'resolved') continue;
    const id = `${outcome.resolved.namespace}/${outcome.resolved.name}`;
    users.set(id, [...(users.get(id) ?? []), outcome]);
  }
  for (const [id, same] of users) {
    if (same.length < 2) continue;
    for (const { journal, keys } of same) {
      const others = same.map((other) => other.journal.instance).filter((name) => name !== journal.instance);
      keys.whole().error('name-collision', `instance ${journal.instance} and ${others.join(', ')} both become ${id}`);
    }
  }
}
