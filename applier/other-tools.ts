import type { LiveObject } from './live-object.ts';

/** A tool that may have made what is live, and still believe that it owns it. */
export interface OtherTool {
  /** As `--adopt-from` names it. */
  readonly flag: string;
  readonly title: string;
  /** Labels and annotations by which it knows its objects. */
  readonly marks: readonly string[];
  readonly managers: readonly string[];
}

export const OTHER_TOOLS: readonly OtherTool[] = [
  {
    ...{ flag: 'argocd', title: 'Argo CD', managers: ['argocd-controller', 'argocd-application-controller'] },
    marks: ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance'],
  },
  {
    ...{ flag: 'flux', title: 'Flux', managers: ['kustomize-controller', 'helm-controller'] },
    marks: ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'],
  },
  { flag: 'helm', title: 'Helm', managers: ['helm'], marks: ['meta.helm.sh/release-name'] },
  {
    ...{ flag: 'kapp', title: 'kapp', managers: ['kapp', 'kapp-server-side-apply'] },
    marks: ['kapp.k14s.io/app', 'kapp.k14s.io/identity'],
  },
  { flag: 'kluctl', title: 'kluctl', managers: ['kluctl'], marks: ['kluctl.io/discriminator'] },
];

/** Managers whose leftovers go away whenever we adopt what they made: PaaSTA, and people with kubectl. */
const ALWAYS_MIGRATED = ['paasta', 'kubectl', 'kubectl-client-side-apply', 'before-first-apply'];

/** The tool that tracks a live object; null when none that is known does. */
export function trackedBy({ labels, annotations }: Pick<LiveObject, 'labels' | 'annotations'>): OtherTool | null {
  const isMarked = (mark: string): boolean => labels[mark] !== undefined || annotations[mark] !== undefined;
  return OTHER_TOOLS.find(({ marks }) => marks.some(isMarked)) ?? null;
}

/** Managers whose leftovers go away when objects of these tools are adopted. */
export function migratedManagers(tools: Iterable<string>): readonly string[] {
  const named = new Set(tools);
  return [...ALWAYS_MIGRATED, ...OTHER_TOOLS.filter(({ flag }) => named.has(flag)).flatMap(({ managers }) => managers)];
}
