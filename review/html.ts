import { createHash } from 'node:crypto';
import { compareText } from '../compiler/diagnostics/diagnostic.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './html-style.ts';
import {
  isUnchanged,
  risksOf,
  type ClusterReview,
  type InstanceReview,
  type ObjectReview,
  type Review,
  type Risk,
} from './review.ts';
import { causesNote, heldFileText, restartText, totalsLine, type Safe } from './text.ts';

/**
 * The review as one page that loads nothing: its policy allows the page's own style and script by their digests and no more. Foreign
 * text is escaped wherever it stands, in text and in attributes.
 */
export function reviewHtml(review: Review, safe: Safe): string {
  const text = (value: string): string => escapeHtml(safe(value));
  const policy = `default-src 'none'; style-src '${digestOf(PAGE_STYLE)}'; script-src '${digestOf(PAGE_SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const body = isUnchanged(review) ? '<p>no change</p>' : page(review, text);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rendered changes: ${text(review.base)} to ${text(review.head)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>Rendered changes: <code>${text(review.base)}</code> to <code>${text(review.head)}</code></h1>
${body}
</main>
${isUnchanged(review) ? '' : `<script>${PAGE_SCRIPT}</script>\n`}</body>
</html>
`;
}

type Text = (value: string) => string;

function page(review: Review, text: Text): string {
  const risks = risksOf(review);
  return [
    ...[totalsLine(review), ...causesNote(review)].map((line) => `<p>${text(line)}</p>`),
    ...(risks.length === 0 ? [] : [`<h2>Risks</h2>\n<ul>${risks.map((risk) => riskItem(risk, text)).join('')}</ul>`]),
    ...review.heldFiles.map((file) => `<p>${heldFileText(`<code>${text(file)}</code>`)}</p>`),
    filters(review, text),
    ...review.clusters.map((cluster) => clusterSection(cluster, text)),
  ].join('\n');
}

function filters(review: Review, text: Text): string {
  const instances = review.clusters.flatMap((each) => each.instances);
  const teams = new Set(instances.flatMap(({ team }) => team ?? []));
  const codes = new Set(risksOf(review).map(({ code }) => code));
  const options = (values: Iterable<string>): string =>
    [...values]
      .sort(compareText)
      .map((value) => `<option value="${text(value)}">${text(value)}</option>`)
      .join('');
  const choice = (id: string, label: string, inner: string): string =>
    `<label for="${id}">${label} <select id="${id}"><option value="">all</option>${inner}</select></label>`;
  return [
    '<form class="filters" aria-label="Filters">',
    choice('cluster', 'Cluster', options(review.clusters.map(({ cluster }) => cluster))),
    choice('team', 'Team', options(teams)),
    choice('risk', 'Risk', `<option value="any">any risk</option>${options(codes)}`),
    '<output id="count" aria-live="polite"></output>',
    '</form>',
  ].join('\n');
}

function clusterSection({ cluster, instances, shared, heldBack, risks }: ClusterReview, text: Text): string {
  const codes = risks.map(({ code }) => code).join(' ');
  const held = heldBack.map(
    (job) => `<li><code>${text(job)}</code>: held back by an error, its earlier output stays</li>`,
  );
  const rest =
    shared.length === 0 && held.length === 0 && risks.length === 0
      ? []
      : [
          `<article class="changed" data-cluster="${text(cluster)}" data-team="" data-risks="${text(codes)}">`,
          '<h3>Cluster</h3>',
          risks.map((risk) => `<p class="risk">${text(risk.message)}</p>`).join(''),
          held.length === 0 ? '' : `<ul>${held.join('')}</ul>`,
          details('Shared objects', shared, text),
          '</article>',
        ];
  return [
    `<section aria-label="${text(cluster)}">\n<h2>${text(cluster)}</h2>`,
    ...instances.map((instance) => instanceArticle(instance, text)),
    ...rest,
    '</section>',
  ].join('\n');
}

function instanceArticle(review: InstanceReview, text: Text): string {
  const { cluster, service, instance, action, team, rows, objects, risks } = review;
  const cell = (value: string | null): string =>
    `<td>${value === null ? '<span class="quiet">none</span>' : `<code>${text(value)}</code>`}</td>`;
  const head = '<thead><tr><th scope="col">What</th><th scope="col">before</th><th scope="col">after</th></tr></thead>';
  const lines = rows.map(
    ({ field, before, after, causes = [] }) =>
      `<tr><th scope="row">${text(field)}${causes.map((cause) => ` <span class="quiet">${text(cause)}</span>`).join('')}</th>${cell(before)}${cell(after)}</tr>`,
  );
  const codes = risks.map(({ code }) => code).join(' ');
  return [
    `<article class="${action}" data-cluster="${text(cluster)}" data-team="${text(team ?? '')}" data-risks="${text(codes)}">`,
    `<h3><code>${text(`${service}.${instance}`)}</code> ${action}</h3>`,
    `<p class="quiet">${text(restartText(review))}${team === null ? '' : ` · team ${text(team)}`}</p>`,
    ...risks.map((risk) => `<p class="risk">${text(risk.message)}</p>`),
    lines.length === 0 ? '' : `<table>${head}<tbody>${lines.join('')}</tbody></table>`,
    details('Objects', objects, text),
    '</article>',
  ].join('\n');
}

function details(title: string, objects: readonly ObjectReview[], text: Text): string {
  if (objects.length === 0) return '';
  const blocks = objects.map(({ key, action, diff }) => {
    const lines = diff.map((line) => `<span${lineClass(line)}>${text(line)}</span>`);
    return `<p><code>${text(key)}</code> ${action}</p><pre tabindex="0">${lines.join('')}</pre>`;
  });
  return `<details><summary>${title} (${objects.length})</summary>${blocks.join('')}</details>`;
}

function lineClass(line: string): string {
  return line.startsWith('+') ? ' class="plus"' : line.startsWith('-') ? ' class="minus"' : '';
}

function riskItem({ cluster, message }: Risk, text: Text): string {
  return `<li class="risk">${text(cluster)}: ${text(message)}</li>`;
}

function digestOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
