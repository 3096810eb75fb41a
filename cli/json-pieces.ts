/** So many items of a list are worth a piece. */
const BATCH = 256;

/**
 * What `JSON.stringify(members, null, 2)` gives, in pieces. A report holds a line for each file and finding of a fleet: as one text, with
 * all that V8 makes on the way to it, it takes several times its length.
 */
export function* jsonPieces(members: Readonly<Record<string, unknown>>): Generator<string> {
  let start = '{';
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    yield `${start}\n  ${JSON.stringify(name)}: `;
    if (Array.isArray(value) && value.length > 0) yield* listPieces(value);
    else yield deeper(JSON.stringify(value, null, 2));
    start = ',';
  }
  yield start === '{' ? '{}' : '\n}';
}

function* listPieces(items: readonly unknown[]): Generator<string> {
  for (let at = 0; at < items.length; at += BATCH) {
    const list = JSON.stringify(items.slice(at, at + BATCH), null, 2);
    yield `${at === 0 ? '[' : ','}${deeper(list.slice('['.length, -'\n]'.length))}`;
  }
  yield '\n  ]';
}

/** Text that stands one level deeper: no string of JSON holds a line feed. */
function deeper(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
