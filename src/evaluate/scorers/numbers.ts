/**
 * When two numbers of answers count as the same.
 * @module
 */
import type { NumberAnswer } from '../../data/answers.js';

/** Largest relative distance of a written figure that has other decimals than the reference. */
const roundingLimit = 0.005;

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
  const readings = [answer];
  if (reference.percent && !answer.percent) {
    readings.push({ ...answer, value: answer.value / 100, resolution: answer.resolution / 100 });
  }
  return readings.some((reading) => {
    if (close(scaled(reading), scaled(reference))) return true;
    const bothScaled = reading.scale !== undefined && reference.scale !== undefined;
    return !bothScaled && close(reading, reference);
  });
}

function scaled({ scale = 1, ...number }: NumberAnswer): NumberAnswer {
  return { ...number, value: number.value * scale, resolution: number.resolution * scale };
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
