/**
 * What a model's answer says to TAT-QA's evaluation: spans or a figure, and the scale.
 * @module
 */
import { type NumberAnswer, readAnswer } from '../../../data/answers.js';
import { findJson } from '../json-text.js';
import { fixed } from './python.js';
import type { TatQaPrediction } from './score.js';

/** Longer answers are prose, which the evaluation compares word by word as it stands. */
const longestList = 20_000;

/**
 * Reads the text of an answer; the wanted answer plays no part in it.
 *
 * - JSON `{"answer": …, "scale": …}`, alone, in a code fence or in prose, is taken at its word; an array of JSON is a list of spans.
 * - `Answer: …`, `the answer is …` and `\boxed{…}` are followed to what they name, `Scale: …` behind it is the scale.
 * - An expression is executed; one that is asked for `in %` gives a percentage.
 * - Where no scale is stated, a figure's scale word or percent sign is it, `(in thousands)` too; behind the last of several
 *   figures it counts for all of them. Otherwise figures stay as written (`(1,234)` and `-1234` are not the same to the
 *   evaluation).
 * - Lines, list items and parts between semicolons are spans; commas and `and` separate only figures.
 * - Anything else is one span.
 */
export function readTatQaAnswer(text: string): TatQaPrediction {
  if (/[{[]/.test(text)) {
    const prediction = ofJson(findJson(text));
    if (prediction) return prediction;
  }
  if (text.length > longestList) return { answer: text.trim(), scale: '' };
  const { said, scale } = separateScale(namedAnswer(text.replaceAll('**', '')));
  const spans = spansOf(said);
  return scale === undefined ? withOwnScale(spans) : inScale(spans, scale);
}

/** What an object with an answer, or an array, says; undefined for other JSON. */
function ofJson(value: unknown): TatQaPrediction | undefined {
  if (Array.isArray(value)) {
    const spans = value.filter(isSpan);
    return spans.length > 0 && spans.length === value.length ? withOwnScale(spans.map(String)) : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  const fields = new Map(Object.entries(value).map(([key, field]) => [key.toLowerCase(), field as unknown]));
  const answer = fields.get('answer') ?? fields.get('answers');
  const spans = (Array.isArray(answer) ? answer : [answer]).filter(isSpan);
  if (spans.length === 0) return undefined;
  const named = fields.get('scale');
  const scale = typeof named === 'string' ? scaleNamed(named) : undefined;
  const texts = spans.map(String);
  return scale === undefined ? withOwnScale(texts) : inScale(texts, scale);
}

function isSpan(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

const scaleNames = new Map([
  ['', ''],
  ['none', ''],
  ['null', ''],
  ['n/a', ''],
  ['no scale', ''],
  ['unit', ''],
  ['ones', ''],
  ['%', 'percent'],
  ['percent', 'percent'],
  ['percentage', 'percent'],
  ['thousand', 'thousand'],
  ['million', 'million'],
  ['billion', 'billion'],
]);

/** A scale by one of its names, or undefined. */
function scaleNamed(name: string): string | undefined {
  const word = name
    .trim()
    .toLowerCase()
    .replace(/^["'(]|["').]$/g, '')
    .replace(/^in\s/, '');
  return scaleNames.get(word) ?? scaleNames.get(word.replace(/s$/, ''));
}

/** What stands behind the last sign of a final answer; the whole text where there is none. */
function namedAnswer(text: string): string {
  const boxed = text.lastIndexOf('\\boxed{');
  if (boxed >= 0) {
    const end = text.indexOf('}', boxed);
    if (end >= 0)
      return text
        .slice(boxed + 7, end)
        .replace(/\\([%$])/g, '$1')
        .replace(/\\text\{/g, '');
  }
  const signs = [...text.matchAll(/\b(?:answer\s?(?::|=)|(?:final )?answer is:?(?=\s))/gi)];
  const last = signs.at(-1);
  return last ? text.slice(last.index + last[0].length) : text;
}

/** Takes `Scale: million` off the end. */
function separateScale(text: string): { said: string; scale?: string } {
  const at = text.toLowerCase().lastIndexOf('scale');
  if (at < 0) return { said: text };
  const named = /^scale\s?[:=]\s?([^\n]{0,20})\s*$/i.exec(text.slice(at).trimEnd());
  const scale = named ? scaleNamed(named[1]!) : undefined;
  if (scale === undefined) return { said: text };
  return {
    said: text
      .slice(0, at)
      .trimEnd()
      .replace(/[(,;|[]$/, ''),
    scale,
  };
}

/** Spans whose scale is stated apart from them stay as written; a single expression is executed. */
function inScale(spans: readonly string[], scale: string): TatQaPrediction {
  const { kind, number } = readAnswer(spans.length === 1 ? spans[0]! : '');
  if (kind === 'text' || number?.expression === undefined) return { answer: spans.map(withoutFrame), scale };
  // `(5 - 4) / 4` in percent is 25; `(5 - 4) / 4 * 100` already is.
  const isFraction = number.percent || (scale === 'percent' && !/\b100\b/.test(number.expression));
  return { answer: fixed(isFraction ? number.value * 100 : number.value, 4), scale };
}

/** Lines, list items and parts between semicolons; of a list of figures alone also those between commas and `and`. */
function spansOf(text: string): string[] {
  const parts = text
    .split(/[\n;]/)
    .map((part) => part.trim().replace(/^(?:[-*•]\s{1,4}|\d{1,2}[.)]\s{1,4})(?=\S)/, ''))
    .filter((part) => part !== '');
  if (parts.length !== 1) return parts.length === 0 ? [''] : parts;
  const figures = parts[0]!.split(/,?\sand\s|,\s/).map((part) => part.trim());
  return figures.every(isFigure) ? figures : parts;
}

function isFigure(text: string): boolean {
  const { kind, number } = readAnswer(text);
  return kind === 'number' && number!.expression === undefined;
}

/** Spans with the scale that their figures state, where it is the same for all or stands behind the last alone. */
function withOwnScale(spans: readonly string[]): TatQaPrediction {
  const read = spans.map(readSpan);
  const { answer, scale } = read.at(-1) ?? { answer: '', scale: '' };
  if (read.length <= 1) return { answer, scale };
  const agree =
    read.every((span) => span.scale === scale) ||
    read.slice(0, -1).every((span) => span.isAmount && span.scale === '');
  return agree ? { answer: read.map((span) => span.answer), scale } : { answer: [...spans], scale: '' };
}

const scalePhrase = /\s?(?:\bin (thousand|million|billion)s|\(in (thousand|million|billion)s\))\.?$/i;

/** What one span says. */
interface ReadSpan {
  /** The figure without its scale, the value of an expression, or the text. */
  answer: string;
  scale: string;
  /** Whether it is a figure and no year, so that the scale behind a later one may be its own. */
  isAmount: boolean;
}

function readSpan(text: string): ReadSpan {
  const trimmed = text.trim();
  const { kind, number, text: said } = readAnswer(trimmed.replace(scalePhrase, ' $1$2'));
  if (kind === 'text' || !number) return { answer: withoutFrame(trimmed), scale: '', isAmount: false };
  const scale = number.percent ? 'percent' : scaleOf(number);
  if (number.expression !== undefined) {
    const value = number.percent ? number.value * 100 : number.value;
    return { answer: fixed(value, 4), scale, isAmount: true };
  }
  const figure = said
    .slice(said.lastIndexOf('=') + 1)
    .replace(/[−–]/g, '-')
    .replace(/[a-z%\s]/gi, '')
    .replace(/\.$/, '');
  return { answer: figure, scale, isAmount: !/^(?:19|20)\d\d$/.test(figure) };
}

function scaleOf({ scale }: NumberAnswer): string {
  if (scale === undefined) return '';
  return scale === 1e3 ? 'thousand' : scale === 1e6 ? 'million' : 'billion';
}

/** Quotes around a whole span, and its closing stop, are not part of it. */
function withoutFrame(text: string): string {
  const framed = /^["“](.*)["”]\.?$/s.exec(text)?.[1];
  return framed !== undefined && !/["“”]/.test(framed) ? framed : text;
}
