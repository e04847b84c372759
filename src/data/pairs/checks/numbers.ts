/**
 * Whether the numbers of an answer stand in a text.
 * @module
 */
import { readAnswer } from '../../answers.js';
import { reachable } from './calculation-search.js';
import { findDates } from './dates.js';
import { findFigures, type TextFigure } from './figures.js';
import { type Operands, operandsOf } from './operands.js';
import { wordsOf } from './words.js';

const numberWords: Record<string, number> = {
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
};

const scaleNames: [RegExp, number][] = [
  [/\bthousands?\b|[’']000\b/i, 1e3],
  [/\bmillions?\b|\bmn\b|[$€£]m\b/i, 1e6],
  [/\bbillions?\b|\bbn\b/i, 1e9],
];
/** A longer answer is no expression. */
const longestExpression = 1000;
/** Numbers that an expression may bring along: hundreds for percentages, thousands for units. */
const constants = new Set(['1', '100', '1000', '1000000', '1000000000']);

/**
 * The numbers of `answer` that neither stand in `context` (with the same meaning: scale words and per cent signs
 * count, rounding in the answer is allowed) nor follow from figures of it by one calculation: of two figures, or the
 * sum or mean of up to twelve neighbours in a row, a column or a sentence ({@link reachable}). Of an expression, the
 * figures that it calculates with have to stand there.
 *
 * Of the 718 calculated answers of TAT-QA's development set 640 have none against their own report and 58 have none
 * against the next one.
 */
export function ungroundedNumbers(answer: string, context: string): string[] {
  const known = findFigures(context);
  const words = new Set(wordsOf(context));
  const scales = scaleNames.filter(([pattern]) => pattern.test(context)).map(([, scale]) => scale);
  const read = answer.length <= longestExpression ? readAnswer(answer) : undefined;
  if (read?.kind === 'number' && read.number?.expression !== undefined) {
    return ungroundedTerms(read.number.expression, known);
  }
  const days = new Set(findDates(context).map(({ iso }) => iso));
  let rest = answer;
  // Days are compared as days; their parts are no figures.
  for (const { text, iso } of findDates(answer)) if (days.has(iso)) rest = rest.replace(text, ' ');
  const missing: string[] = [];
  let operands: Operands | undefined;
  for (const figure of findFigures(rest)) {
    if (known.some((candidate) => means(figure, candidate, scales))) continue;
    if (!figure.year) {
      operands ??= operandsOf(context);
      const inTable = figure.scale === 1 || !context.includes(' | ') ? [] : scales;
      const read = [1, ...inTable].map((scale) => ({ ...figure, scale: figure.scale / scale }));
      if (read.some((target) => reachable(target, operands!))) continue;
    }
    missing.push(figure.text);
  }
  for (const word of wordsOf(rest)) {
    const value = Object.hasOwn(numberWords, word) ? numberWords[word]! : undefined;
    if (value === undefined || words.has(word) || words.has(`${word}s`)) continue;
    if (!known.some((figure) => figure.value === value)) missing.push(word);
  }
  return [...new Set(missing)];
}

function ungroundedTerms(expression: string, known: readonly TextFigure[]): string[] {
  const digits = new Set(known.map((figure) => trimmed(figure.digits)));
  const terms = expression.match(/\d[\d,]*(?:\.\d+)?|\.\d+/g) ?? [];
  // A mean written as a sum over a number counts its own terms.
  const count = String(terms.length - 1);
  return [...new Set(terms)].filter((term) => {
    const plain = trimmed(term.replaceAll(',', '').replace(/^\./, '0.'));
    return !digits.has(plain) && !constants.has(plain) && !(plain === count && count !== '1');
  });
}

/** Without zeros at the end of the decimals: 12.50 and 12.5 are one figure. */
function trimmed(digits: string): string {
  return digits.includes('.') ? digits.replace(/0+$/, '').replace(/\.$/, '') : digits;
}

/** Whether a figure of the answer is what a figure of the context says. */
function means(figure: TextFigure, known: TextFigure, scales: readonly number[]): boolean {
  if (figure.currency && known.currency && figure.currency !== known.currency) return false;
  const same = trimmed(figure.digits) === trimmed(known.digits);
  // A table may say at its top that its figures are percentages.
  if (figure.percent !== known.percent && !same) return false;
  if (figure.percent && !known.percent && (known.currency || known.scale !== 1)) return false;
  if (figure.year || known.year) return same && figure.scale === 1 && known.scale === 1;
  const value = Math.abs(figure.value);
  const other = Math.abs(known.value);
  const rounded = (a: number, scale: number, b: number): boolean => {
    // One digit alone is no rounding of anything, it may be a rounding of everything.
    const slack = figure.significant > 1 ? figure.resolution * scale : 0;
    return Math.abs(a - b) <= slack * (1 + 1e-9) + Math.abs(b) * 1e-12;
  };
  if (rounded(value * figure.scale, figure.scale, other * known.scale)) return true;
  if (figure.scale === 1) return rounded(value, 1, other);
  if (known.scale !== 1) return false;
  return scales.some((scale) => rounded(value * figure.scale, figure.scale, other * scale));
}
