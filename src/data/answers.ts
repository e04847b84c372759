/**
 * How the text of an answer becomes a value. The convention of the pairs that Attune makes, learnt from them by the
 * model and executed here, in scoring and in use:
 *
 * - a figure is given as it stands in the table: `1452.4`, `-12`, `40.0%`;
 * - a calculation is given as the expression over the figures: `1496.5 - 1202.9`;
 * - where the question asks for a percentage, the expression ends in `in %`: `(1496.5 - 1202.9) / 1202.9 in %`;
 * - everything else is short text.
 *
 * - inside a text a calculation stands in square brackets: `Sales rose by [(914 - 900) / 900 in %].`
 *
 * Other forms that models and people use are understood too: `$1,496.5 million`, `24.4 percent`, `(12)` for -12,
 * `1496.5 - 1202.9 = 293.6`, a sentence that ends in its figure.
 * @module
 */
import { calculate } from './calculator.js';

/** A number that an answer states. */
export interface NumberAnswer {
  /** Percentages as fractions (24.4% is 0.244); the scale word is not multiplied in. */
  value: number;
  /** Whether it was stated as a percentage. */
  percent: boolean;
  /** What a scale word says (1e3, 1e6, 1e9), when there is one. */
  scale?: number;
  /** Half a unit of the last digit as written (0.0005 for `24.4%`); 0 where the value was calculated. */
  resolution: number;
  /** The expression that was executed, when the answer is one. */
  expression?: string;
}

/** What an answer says. */
export interface AnswerValue {
  /** `number` when the whole answer is a figure or an expression, `text` otherwise. */
  kind: 'number' | 'text';
  /** The answer, trimmed. */
  text: string;
  /** The number; of a text the figure that it most probably means, for use where a number was asked for. */
  number?: NumberAnswer;
}

const scales: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9 };
/** Longer than what the calculator reads, with the words behind it. */
const longestExpression = 1100;
const longestFigure = 100;
// The look behind keeps a pattern from being tried at every blank of a long gap.
const percentWord = /(?<!\s)\s*\bpercent$/i;
const scaleSuffix = /(?<!\s)\s*\b(thousand|million|billion)s?$/i;
const unitSuffix = /(?<!\s)\s*\b(?:us\s+)?(?:dollars|euros?|pounds|usd|eur|gbp)$/i;
const percentSuffix = /(?<!\s)\s*\b(?:in|as)\s+%$/i;
const loneFigure = /^(-?)[$€£]?\s*(-?)(\()?[$€£]?\s*(-?(?:\d[\d,]*(?:\.(\d+))?|\.(\d+)))\s*(%)?\)?\s*(%)?$/;
/** A stretch of text that may be a figure or an expression, with the scale or percent word after it. */
const stretch =
  /(?<![-−–($€£])[-−–($€£]*\d[\d\s.,$€£%()+\-−–*/×÷]*(?:\b(?:thousands?|millions?|billions?|percent)\b|in %)?/gi;
const year = /^(?:19|20)\d\d$/;

/**
 * Reads what an answer says. A scorer reads the reference first: where that is a number it compares with the answer's
 * `number`, otherwise the two texts.
 */
export function readAnswer(text: string): AnswerValue {
  const trimmed = text.trim();
  const whole = readWhole(trimmed.replace(/\.$/, ''));
  if (whole) return { kind: 'number', text: trimmed, number: whole };
  return { kind: 'text', text: trimmed, number: readFromSentence(trimmed) };
}

/** A calculation that stands in square brackets inside a text. */
export interface EmbeddedCalculation {
  /** Where it begins in the text, with its bracket. */
  start: number;
  /** Where the text goes on after it. */
  end: number;
  number: NumberAnswer;
  /** Its value in words: two decimals at most, `%` after a percentage. */
  shown: string;
}

/** Brackets without others in them; their length is bounded, so that long texts are read in proportion to their length. */
const bracketed = /\[([^[\]]{3,1100})\]/g;
/** What tells a calculation from `[1]`, `[2018-2019]` or a list: spaced signs, a function, or the words `in %`. */
const calculation = /[\d)%] [-+*/−–×÷] |\b(?:min|max|sum|average)\(|\bin %$/;

/** The calculations of a text, in its order. Brackets with anything else in them are text. */
export function embeddedCalculations(text: string): EmbeddedCalculation[] {
  return [...text.matchAll(bracketed)].flatMap((found) => {
    const inner = found[1]!.trim();
    const number = calculation.test(inner) ? readWhole(inner) : undefined;
    if (number?.expression === undefined || number.scale !== undefined) return [];
    return [{ start: found.index, end: found.index + found[0].length, number, shown: shownValue(number) }];
  });
}

/** A text with the values of its calculations in their place; a text without any comes back unchanged. */
export function executeCalculations(text: string): string {
  let executed = '';
  let end = 0;
  for (const found of embeddedCalculations(text)) {
    executed += text.slice(end, found.start) + found.shown;
    end = found.end;
  }
  return executed + text.slice(end);
}

function shownValue({ value, percent }: NumberAnswer): string {
  // A zero has no sign.
  const rounded = Number((percent ? value * 100 : value).toFixed(2)) + 0;
  return `${rounded}${percent ? '%' : ''}`;
}

/** The number that the text as a whole states, or undefined. */
function readWhole(text: string): NumberAnswer | undefined {
  // The calculator is trusted with the left side, a model is not with the right one, unless only words stand left.
  const sides = text.split('=');
  let left: NumberAnswer | undefined;
  for (const side of sides) {
    const right = readSide(sides.length === 1 ? side : side.trim());
    if (!left?.expression) left = right;
    else if (right)
      left = { ...left, percent: left.percent || right.percent, scale: right.scale ?? left.scale };
  }
  return left;
}

/** The number that a text without an equals sign states. */
function readSide(text: string): NumberAnswer | undefined {
  if (text.length > longestExpression || !/\d/.test(text)) return undefined;
  let rest = text.replace(percentWord, '%').replace(unitSuffix, '');
  const scaleWord = scaleSuffix.exec(rest);
  const scale = scaleWord ? scales[scaleWord[1]!.toLowerCase()] : undefined;
  if (scaleWord) rest = rest.slice(0, scaleWord.index);
  const figure = readFigure(rest);
  if (figure) return scale === undefined ? figure : { ...figure, scale };
  const percent = percentSuffix.test(rest) || rest.includes('%');
  const expression = rest.replace(percentSuffix, '').trim();
  try {
    const value = calculate(expression);
    return { value, percent, resolution: 0, expression, ...(scale === undefined ? {} : { scale }) };
  } catch {
    return undefined;
  }
}

/** A lone figure: here brackets mean a negative number, as in financial statements. */
function readFigure(text: string): NumberAnswer | undefined {
  if (text.length > longestFigure) return undefined;
  const parts = loneFigure.exec(text.replace(/^[−–]/, '-'));
  if (!parts) return undefined;
  const percent = Boolean(parts[7] ?? parts[8]);
  const size = Number(parts[4]!.replaceAll(',', ''));
  const decimals = (parts[5] ?? parts[6] ?? '').length;
  const sign = parts[1] || parts[2] || parts[3] ? -1 : 1;
  const unit = percent ? 0.01 : 1;
  return { value: sign * size * unit, percent, resolution: 0.5 * 10 ** -decimals * unit };
}

/** The last figure of a sentence that is not a year; a year where nothing else stands there. */
function readFromSentence(text: string): NumberAnswer | undefined {
  const readings: NumberAnswer[] = [];
  const years: NumberAnswer[] = [];
  for (const [found] of text.replaceAll('**', '').matchAll(stretch)) {
    const candidate = found.replace(/(?<![\s.,(+*/$€£-])[\s.,(+*/$€£-]+$/, '').trim();
    const number = readWhole(candidate) ?? readWhole(candidate.replace(/^[-(]+|(?<!\))\)+$/g, ''));
    if (!number) continue;
    const onlyYears = (candidate.match(/[\d.,]+/g) ?? []).every((part) => year.test(part));
    (onlyYears ? years : readings).push(number);
  }
  return readings.at(-1) ?? years.at(-1);
}
