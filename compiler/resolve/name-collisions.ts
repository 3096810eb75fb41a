import { compareText } from '../diagnostics/diagnostic.ts';
import type { Outcome } from './resolve-entry.ts';

/** Reports instances of one service that would be one in Kubernetes, or run under the role of another. */
export function reportCollisions(outcomes: readonly Outcome[]): void {
  reportNames(outcomes);
  reportAccounts(outcomes);
}

/** Instances whose names become the same, such as `a_b` and `a--b`. */
function reportNames(outcomes: readonly Outcome[]): void {
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

/**
 * Instances whose roles become the same ServiceAccount: its name leaves out what tells some roles apart. In PaaSTA the pods of all run
 * under the role that was handled last. Those of other services are found when all are known.
 */
function reportAccounts(outcomes: readonly Outcome[]): void {
  const roles = new Map<string, Set<string>>();
  const users = outcomes.flatMap((outcome) => {
    const account = outcome.state === 'resolved' ? outcome.resolved.serviceAccount : null;
    if (outcome.state !== 'resolved' || account === null) return [];
    const id = `${outcome.resolved.namespace}/${account.name}`;
    roles.set(id, (roles.get(id) ?? new Set()).add(account.roleArn));
    return [{ id, account, keys: outcome.keys }];
  });
  for (const { id, account, keys } of users) {
    if (roles.get(id)!.size < 2) continue;
    const names = [...roles.get(id)!].sort(compareText).join(' and ');
    const message = `the roles ${names} both give ServiceAccount ${account.name}`;
    const hint = 'use one of the roles, or give one of the instances another namespace';
    keys.field('iam_role').error('service-account-collision', message, hint);
  }
}
