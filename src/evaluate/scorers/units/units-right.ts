/**
 * Whether a quantity is given with a unit of the right kind, and whether it is the right quantity.
 * @module
 */
import type { BenchmarkItem } from '../../benchmarks/item.js';
import { referenceTexts } from '../exact-match.js';
import type { Scorer } from '../scorer.js';
import { sameDimension } from './dimensions.js';
import { type Quantity, quantitiesIn } from './quantities.js';

/**
 * Scorer `units_right`: 1 where the answer's quantity has a unit of the dimension that the reference's unit has: `0.5 km` for a
 * reference in metres, not `500`, not `500 s`. Says nothing of the number. Undefined where the reference has no unit.
 */
export const unitsRight: Scorer = {
  name: 'units_right',
  score: ({ text }, item) => {
    const wanted = wantedQuantities(item);
    if (wanted.length === 0) return undefined;
    const said = answered(text);
    return Number(
      said !== undefined && wanted.some(({ unit }) => sameDimension(unit.dimension, said.unit.dimension)),
    );
  },
};

/** Where neither was rounded, the same calculation may differ by this share. */
const calculated = 1e-6;
/** A figure that is written may not be further away than this share, however coarsely it is written. */
const coarsest = 0.005;

/**
 * Scorer `quantity_match`: 1 where the answer's quantity is the reference's, whatever the unit: `0.5 km` is `500 m`. The two have to agree
 * to half a unit of the last digit of whichever is written more coarsely, and to 0.5 %; calculated ones (an expression with a
 * unit) to a millionth. Undefined where the reference has no unit.
 */
export const quantityMatch: Scorer = {
  name: 'quantity_match',
  score: ({ text }, item) => {
    const wanted = wantedQuantities(item);
    if (wanted.length === 0) return undefined;
    const said = answered(text);
    return Number(said !== undefined && wanted.some((right) => agrees(said, right)));
  },
};

/** The first quantity that is no condition: `At 25 °C, it is 8.96 g/cm3`. */
function answered(text: string): Quantity | undefined {
  const behind = quantitiesIn(text.replace(/^\s{0,20}(?:at|under|for)\s[^,;\n]{1,60},\s/i, ''));
  return behind[0] ?? quantitiesIn(text)[0];
}

function wantedQuantities({ reference }: BenchmarkItem): Quantity[] {
  return referenceTexts(reference).flatMap((text) => quantitiesIn(text).slice(0, 1));
}

function agrees(said: Quantity, right: Quantity): boolean {
  if (!sameDimension(said.unit.dimension, right.unit.dimension)) return false;
  const distance = Math.abs(said.value - right.value);
  const size = Math.abs(right.value);
  const rounding = Math.max(said.resolution, right.resolution);
  return distance <= Math.max(calculated * size, Math.min(rounding * (1 + 1e-9), coarsest * size));
}
