const CONTEXT = 3;
/** Beyond this product of lines the middle is shown as replaced as a whole. */
const MOST_CELLS = 4_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines of a unified diff with three lines of context, without a header; empty when the texts are equal. */
export function unifiedDiff(before: readonly string[], after: readonly string[]): readonly string[] {
  const lines = diffLines(before, after);
  const keep = new Set<number>();
  lines.forEach(({ sign }, at) => {
    if (sign === ' ') return;
    for (let near = at - CONTEXT; near <= at + CONTEXT; near++) keep.add(near);
  });
  const shown: string[] = [];
  let isSkipping = false;
  lines.forEach(({ sign, text }, at) => {
    if (keep.has(at)) {
      if (isSkipping && shown.length > 0) shown.push('  ...');
      shown.push(`${sign} ${text}`);
    }
    isSkipping = !keep.has(at);
  });
  return shown;
}

function diffLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (text: string): Line => ({ sign: ' ', text });
  const old = before.slice(start, before.length - end);
  const young = after.slice(start, after.length - end);
  return [
    ...before.slice(0, start).map(same),
    ...diffMiddle(old, young),
    ...before.slice(before.length - end).map(same),
  ];
}

/** Longest common subsequence by its table of lengths. */
function diffMiddle(a: readonly string[], b: readonly string[]): readonly Line[] {
  const removed = (text: string): Line => ({ sign: '-', text });
  const added = (text: string): Line => ({ sign: '+', text });
  if (a.length * b.length > MOST_CELLS) return [...a.map(removed), ...b.map(added)];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] = a[i] === b[j] ? lengths[at + width + 1]! + 1 : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i]! });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!))
      lines.push(removed(a[i++]!));
    else lines.push(added(b[j++]!));
  }
  return lines;
}
