import { CASE_TITLES, type SizeResult } from './sizes.ts';

/** One figure beside its target. */
export interface Row {
  readonly name: string;
  readonly value: string;
  readonly target: string;
  readonly met: boolean | null;
}

interface Used {
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/** A figure that has to be at most `limit`. */
export function row(name: string, value: number, unit: string, limit: number, text: string): Row {
  return { name, value: `${value.toFixed(2)}${unit}`, target: text, met: value <= limit };
}

/** A figure without a target. */
export function info(name: string, value: string): Row {
  return { name, value, target: '', met: null };
}

/** Markdown: cases and neighbours down, sizes across. */
export function sizeTable(sizes: readonly SizeResult[]): string {
  const cell = ({ cpuSeconds, peakMb }: Used): string => `${cpuSeconds.toFixed(2)} s, ${peakMb.toFixed(0)} MB`;
  const heads = sizes.map(({ services, instances }) => `${services} services, ${instances} instances`);
  const lines = [`| CPU, peak memory | ${heads.join(' | ')} |`, `| --- |${' --- |'.repeat(sizes.length)}`];
  for (const [name, title] of Object.entries(CASE_TITLES)) {
    lines.push(`| ${title} | ${sizes.map(({ ours }) => cell(ours[name as keyof typeof CASE_TITLES])).join(' | ')} |`);
  }
  for (const [index, { name }] of sizes[0]!.neighbours.entries()) {
    const cells = sizes.map(({ neighbours }) => {
      const { usage, note } = neighbours[index]!;
      return usage === null ? note : cell(usage);
    });
    lines.push(`| ${name} | ${cells.join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

/** Figures of the sizes that have a target: at 1000 services, and from there to 4000. */
export function sizeRows(sizes: readonly SizeResult[]): readonly Row[] {
  const at = (services: number): SizeResult | undefined => sizes.find((size) => size.services === services);
  const [thousand, fourThousand] = [at(1000), at(4000)];
  const rows: Row[] = [];
  if (thousand !== undefined) {
    const { full, noop, bare } = thousand.ours;
    rows.push(
      row('CPU with nothing changed / from nothing', noop.cpuSeconds / full.cpuSeconds, 'x', 0.05, '<= 0.05x'),
      row('time with nothing changed / `node -e 0`', thousand.noopByEmptyNode, 'x', 3, '<= 3x'),
      row('files written with nothing changed', thousand.writtenByNoop, '', 0, '0'),
      row('CPU with one service changed / nothing', thousand.serviceByNoop, 'x', 2, '<= 2x'),
    );
    for (const { name, usage } of thousand.neighbours.slice(0, 2)) {
      const title = `CPU from nothing, no validation and mesh / ${name}`;
      if (usage === null) rows.push(info(title, 'absent'));
      else rows.push(row(title, bare.cpuSeconds / usage.cpuSeconds, 'x', 1.2, '<= 1.2x'));
    }
  }
  if (thousand !== undefined && fourThousand !== undefined) {
    const [small, large] = [thousand.ours.uncached, fourThousand.ours.uncached];
    const keeping = fourThousand.ours.full.peakMb / thousand.ours.full.peakMb;
    rows.push(
      row('CPU(4000) / CPU(1000)', large.cpuSeconds / small.cpuSeconds, 'x', 4.2, '<= 4.2x'),
      row('peak RSS at 4000 / at 1000, --no-cache', large.peakMb / small.peakMb, 'x', 1.5, '<= 1.5x'),
      row('peak RSS at 4000 / at 1000, results kept', keeping, 'x', 1.5, '<= 1.5x'),
    );
  }
  return rows;
}
