/**
 * The value of an answer as the report writes it.
 * @module
 */
import type { NumberAnswer } from '../../data/answers.js';
import { grouped, thin } from '../../page/format.js';

/** The value of an answer, percentages with their sign. */
export function answerValue({ value, percent: isPercent, scale }: NumberAnswer): string {
  const number = grouped(String(Number((isPercent ? value * 100 : value).toPrecision(8))));
  const words: Record<number, string> = { 1e3: 'thousand', 1e6: 'million', 1e9: 'billion' };
  const unit = scale === undefined ? '' : `${thin}${words[scale] ?? `× ${scale}`}`;
  return `${number}${isPercent ? `${thin}%` : ''}${unit}`;
}
