import { canonicalResource } from '../emit/quantity.ts';

const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The size of a Kubernetes quantity, near enough to compare two; NaN when the text is none. */
export function quantityValue(quantity: number | string): number {
  const [, digits, suffix = ''] = /^([+-]?[0-9]+)(.*)$/.exec(canonicalResource(quantity) ?? '') ?? [];
  const binary = BINARY.indexOf(suffix);
  if (binary >= 0) return Number(digits) * 1024 ** (binary + 1);
  const decimal = DECIMAL.indexOf(suffix);
  return decimal >= 0 ? Number(digits) * 1000 ** (decimal - 3) : Number(`${digits}${suffix}`);
}
