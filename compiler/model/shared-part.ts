/**
 * Parts that many objects have in common: maps and lists that are made once and stand in each of the objects. Whatever walks over
 * objects (to write them, to check them) may keep what it found out about such a part, and need not enter it again.
 */
const shared = new WeakSet<object>();

/** The value, frozen all through, with every map and list in it known as shared. */
export function share<T>(value: T): T {
  if (typeof value !== 'object' || value === null || shared.has(value)) return value;
  for (const item of Object.values(value)) share(item);
  shared.add(Object.freeze(value));
  return value;
}

/** Whether a map or list is a shared part. Costs little for one that isn't: nothing is kept about it. */
export function isShared(value: object): boolean {
  return shared.has(value);
}

/** A function that makes something of a map or list, and of a shared part only once: a shared part again. */
export function oncePerShared<From extends object, To>(make: (from: From) => To): (from: From) => To {
  const made = new WeakMap<From, To>();
  return (from) => {
    if (!shared.has(from)) return make(from);
    let to = made.get(from);
    if (to === undefined) made.set(from, (to = share(make(from))));
    return to;
  };
}
