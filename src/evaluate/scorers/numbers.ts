/**
 * When two numbers of answers count as the same.
 * @module
 */
import type { NumberAnswer } from '../../data/answers.js';
import type { Reference } from '../benchmarks/reference.js';

/** Largest relative distance of a written figure that has other decimals than the reference. */
const roundingLimit = 0.005;

/** An answer's figure and the reference's in one measure. */
interface Comparison {
  answer: NumberAnswer;
  reference: NumberAnswer;
  /** What one unit of the reference as it is written (a million, a percentage point) is in this measure. */
  unit: number;
}

/**
 * Whether an answer's number is the reference's.
 *
 * - Sign: must be the same.
 * - Rounding: the two have to agree to half a unit of the last digit of whichever is written more coarsely. A
 *   figure that is merely written (not calculated) may moreover not be further away than 0.5 %, so that 12.4 is not
 *   taken for 12. Two calculated values have to agree to 1e-6 relative.
 * - Percent: 24.4% is 0.244; where the reference is a percentage, a bare 24.4 is read as one.
 * - Scale: where both carry a scale word (million), their products are compared; where only one does, the
 *   figures as written or the products.
 */
export function numbersAgree(answer: NumberAnswer, reference: NumberAnswer): boolean {
  return comparisons(answer, reference).some((pair) => close(pair.answer, pair.reference));
}

/**
 * Whether an answer's number is the one that an item wants: a calculation has to come to the exact value, a written
 * figure may also be the item's own rounding of it.
 */
export function isWantedNumber(answer: NumberAnswer, { value, rounded }: Reference): boolean {
  if (numbersAgree(answer, value.number!)) return true;
  return answer.expression === undefined && rounded !== undefined && numbersAgree(answer, rounded);
}

/** The ways in which two figures may be compared, by the rules for percent and scale of {@link numbersAgree}. */
export function comparisons(answer: NumberAnswer, reference: NumberAnswer): Comparison[] {
  const readings = [answer];
  if (reference.percent && !answer.percent) readings.push(times(answer, 0.01));
  const unit = reference.percent ? 0.01 : 1;
  const bothScaled = answer.scale !== undefined && reference.scale !== undefined;
  return readings.flatMap((reading) => [
    {
      answer: times(reading, reading.scale ?? 1),
      reference: times(reference, reference.scale ?? 1),
      unit: unit * (reference.scale ?? 1),
    },
    ...(bothScaled ? [] : [{ answer: reading, reference, unit }]),
  ]);
}

/** The figure times a factor, in size and in the coarseness of its writing. */
export function times(number: NumberAnswer, factor: number): NumberAnswer {
  return { ...number, value: number.value * factor, resolution: number.resolution * Math.abs(factor) };
}

function close(answer: NumberAnswer, reference: NumberAnswer): boolean {
  const distance = Math.abs(answer.value - reference.value);
  const size = Math.abs(reference.value);
  if (distance <= size * 1e-6) return true;
  if (answer.value * reference.value < 0) return false;
  const rounding = Math.max(answer.resolution, reference.resolution) * (1 + 1e-9);
  const calculated = answer.expression !== undefined;
  return distance <= (calculated ? rounding : Math.min(rounding, size * roundingLimit));
}
