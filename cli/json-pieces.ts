/** So many items of a list are worth a piece. */
const BATCH = 256;

/**
 * What `JSON.stringify(members, null, 2)` gives between the braces, in pieces: nothing without members. A report holds a line for each
 * file and finding of a fleet: as one text, with all that V8 makes on the way to it, it takes several times its length.
 */
export function* memberPieces(members: Readonly<Record<string, unknown>>): Generator<string> {
  let start = '';
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    if (Array.isArray(value) && value.length > 0) {
      yield `${start}\n  ${JSON.stringify(name)}: `;
      yield* listPieces(value);
    } else yield `${start}${JSON.stringify({ [name]: value }, null, 2).slice('{'.length, -'\n}'.length)}`;
    start = ',';
  }
}

function* listPieces(items: readonly unknown[]): Generator<string> {
  for (let at = 0; at < items.length; at += BATCH) {
    // As deep as they will stand.
    const list = JSON.stringify({ items: items.slice(at, at + BATCH) }, null, 2);
    yield `${at === 0 ? '[' : ','}${list.slice('{\n  "items": ['.length, -'\n  ]\n}'.length)}`;
  }
  yield '\n  ]';
}
