import type { ObjectReport, Summary } from '../applier/describe-plan.ts';
import type { ObjectResult } from '../applier/events.ts';
import { clusterJunit } from './cluster-junit.ts';
import { clusterMarkdown } from './cluster-markdown.ts';

/** What a run compared or did, the same data in every form. */
export interface ClusterReport {
  readonly verb: string;
  readonly cluster: string;
  readonly set: string;
  /** Commit of the tree; empty when unknown. */
  readonly revision: string;
  readonly summary: Summary | null;
  readonly objects: readonly ObjectReport[];
  readonly results: readonly ObjectResult[];
  readonly warnings: readonly string[];
  /** Why the run was refused or ended early; empty when it was not. */
  readonly reason: string;
  readonly exit: number;
}

/** Forms of a report besides text. */
export const REPORT_FORMATS = {
  json: clusterJson,
  junit: clusterJunit,
  markdown: clusterMarkdown,
} as const;
export type ReportFormat = keyof typeof REPORT_FORMATS;

function clusterJson({ verb: _verb, ...report }: ClusterReport): string {
  return `${JSON.stringify({ version: 1, ...report })}\n`;
}
