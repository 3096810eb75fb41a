/** The value with everything in it frozen; parts that are frozen already are taken to be frozen all through. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    let index = items.length;
    while (index-- > 0) {
      const item = items[index];
      if (typeof item === 'object') freezeDeep(item);
    }
  } else {
    for (const key in value) {
      const item = value[key];
      if (typeof item === 'object') freezeDeep(item);
    }
  }
  return Object.freeze(value);
}
