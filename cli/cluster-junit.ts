import { type ObjectReport } from '../applier/describe-plan.ts';
import { keyText } from '../applier/plan-text.ts';
import type { ObjectResult } from '../applier/events.ts';
import { escapeXml } from './formats/junit.ts';
import type { ClusterReport } from './cluster-report.ts';
import { isTrouble } from './run-text.ts';

interface Case {
  readonly group: string;
  readonly name: string;
  readonly failure: { readonly type: string; readonly message: string; readonly text: string } | null;
}

/**
 * JUnit XML: after a run a case an object that was acted on, which fails when the object did; after a comparison a case an object that
 * differs, which fails. A refusal is a failed case of its own.
 */
export function clusterJunit(report: ClusterReport): string {
  const refused = { type: 'refused', message: report.reason, text: '' };
  const refusal = report.reason === '' ? [] : [{ group: report.cluster, name: report.verb, failure: refused }];
  const acted = report.verb === 'diff' ? report.objects.map(caseOfObject) : report.results.map(caseOfResult);
  const found = [...refusal, ...acted];
  const cases = found.length > 0 ? found : [{ group: report.cluster, name: report.verb, failure: null }];
  const failures = cases.filter(({ failure }) => failure !== null).length;
  const counts = `tests="${cases.length}" failures="${failures}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites ${counts}>\n`,
    `  <testsuite name="${escapeXml(`paasta-gitops ${report.verb} ${report.cluster}`)}" ${counts}>\n`,
    ...cases.map(caseText),
    '  </testsuite>\n</testsuites>\n',
  ].join('');
}

function groupOf({ service, instance }: { service: string | null; instance: string | null }): string {
  return [service, instance].filter((part) => part !== null).join('.') || 'shared';
}

function caseOfObject(object: ObjectReport): Case {
  const { key, action, reasons, diff } = object;
  const failure = { type: action, message: [action, ...reasons].join('; '), text: diff.join('\n') };
  return { group: groupOf(object), name: keyText(key), failure: action === 'kept' ? null : failure };
}

function caseOfResult(result: ObjectResult): Case {
  const { key, outcome, message, health, details } = result;
  const isStuck = health !== null && health.state !== 'current';
  const failure = isStuck
    ? { type: 'not-up', message: health.reason, text: details.join('\n') }
    : { type: outcome, message, text: '' };
  return {
    group: groupOf(result),
    name: keyText(key),
    failure: isTrouble(result) && outcome !== 'postponed' ? failure : null,
  };
}

function caseText({ group, name, failure }: Case): string {
  const head = `    <testcase classname="${escapeXml(group)}" name="${escapeXml(name)}"`;
  if (failure === null) return `${head}/>\n`;
  const { type, message, text } = failure;
  const attributes = `type="${escapeXml(type)}" message="${escapeXml(message)}"`;
  return `${head}>\n      <failure ${attributes}>${escapeXml(text)}</failure>\n    </testcase>\n`;
}
