import { canonicalQuantity } from '../../compiler/emit/quantity.ts';

const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** The number that a Kubernetes quantity stands for; undefined when the text is none. */
export function quantityValue(quantity: string | number): number | undefined {
  const match = /^([+-]?[0-9.]+)([A-Za-z]*)$/.exec(canonicalQuantity(quantity) ?? '');
  const factor = match === null ? undefined : FACTORS[match[2]!];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}
