/** Above this many cells the middle of two texts is not compared line by line: it is shown as replaced. */
const MOST_CELLS = 4_000_000;

type Step = ' ' | '-' | '+';

interface Line {
  readonly step: Step;
  readonly text: string;
}

/** A unified diff of two lists of lines with `context` lines around each change; empty when they are equal. */
export function unifiedDiff(before: readonly string[], after: readonly string[], context = 3): readonly string[] {
  const lines = compareLines(before, after);
  const shown = new Set<number>();
  lines.forEach(({ step }, at) => {
    if (step === ' ') return;
    for (let near = at - context; near <= at + context; near++) shown.add(near);
  });
  const result: string[] = [];
  let [left, right] = [1, 1];
  for (let at = 0; at < lines.length;) {
    if (!shown.has(at)) {
      at++;
      left++;
      right++;
      continue;
    }
    let end = at;
    while (end < lines.length && shown.has(end)) end++;
    const hunk = lines.slice(at, end);
    const [removed, added] = [
      hunk.filter(({ step }) => step !== '+').length,
      hunk.filter(({ step }) => step !== '-').length,
    ];
    result.push(
      `@@ -${range(left, removed)} +${range(right, added)} @@`,
      ...hunk.map(({ step, text }) => `${step}${text}`),
    );
    left += removed;
    right += added;
    at = end;
  }
  return result;
}

function range(start: number, count: number): string {
  return count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`;
}

function compareLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ step: ' ', text }));
  const middle = compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  return [...same(before.slice(0, head)), ...middle, ...same(before.slice(before.length - tail))];
}

/** The longest common subsequence, by the table of its lengths. */
function compareMiddle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const [rows, columns] = [before.length, after.length];
  if (rows * columns > MOST_CELLS) {
    return [
      ...before.map((text) => ({ step: '-', text }) as const),
      ...after.map((text) => ({ step: '+', text }) as const),
    ];
  }
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] =
        before[i] === after[j] ? lengths[at + width + 1]! + 1 : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    const at = i * width + j;
    if (i < rows && j < columns && before[i] === after[j]) {
      lines.push({ step: ' ', text: before[i]! });
      i++;
      j++;
    } else if (i < rows && (j === columns || lengths[at + width]! >= lengths[at + 1]!))
      lines.push({ step: '-', text: before[i++]! });
    else lines.push({ step: '+', text: after[j++]! });
  }
  return lines;
}
