/**
 * Predictions made from the answers of TAT-QA, right ones and many kinds of wrong ones, as `test/golden/make_tatqa.py` makes
 * them for the official evaluation.
 * @module
 */
import type { TatQaGold, TatQaPrediction } from './score.js';

type Make = (gold: TatQaGold) => TatQaPrediction;

const scales = ['', 'thousand', 'million', 'billion', 'percent'];
const factors = [1, 1e3, 1e6, 1e9, 0.01];
const digitWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** A value as the script writes it. */
export function textOf(value: string | number): string {
  return typeof value === 'number' && Math.abs(value) < 1e-4 ? '0' : String(value);
}

function spansOf({ answer }: TatQaGold): string[] {
  return (Array.isArray(answer) ? answer : [answer]).map(textOf);
}

const each =
  (change: (span: string) => string): Make =>
  (gold) => ({ answer: spansOf(gold).map(change), scale: gold.scale });
const calculated =
  (change: (number: number, factor: number) => number): Make =>
  (gold) => ({
    answer:
      typeof gold.answer === 'number'
        ? [textOf(change(gold.answer, factors[scales.indexOf(gold.scale)]!))]
        : spansOf(gold),
    scale: gold.scale,
  });
const unscaled =
  (make: Make): Make =>
  (gold) => ({ ...make(gold), scale: '' });
const spans =
  (make: (spans: string[]) => string[]): Make =>
  (gold) => ({ answer: make(spansOf(gold)), scale: gold.scale });

/** How each kind of prediction is made. */
export const predictionKinds: ReadonlyMap<string, Make> = new Map(
  Object.entries({
    untouched: ({ answer, scale }) => ({ answer: answer as TatQaPrediction['answer'], scale }),
    as_wanted: each((span) => span),
    no_scale: unscaled(each((span) => span)),
    next_scale: (gold) => ({ answer: spansOf(gold), scale: scales[(scales.indexOf(gold.scale) + 1) % 5]! }),
    percent_scale: (gold) => ({ answer: spansOf(gold), scale: 'percent' }),
    other_sign: each((span) => (span.startsWith('-') ? span.slice(1) : `-${span}`)),
    brackets: each((span) => `(${span.replaceAll('-', '')})`),
    percent_sign: unscaled(each((span) => `${span}%`)),
    percent_sign_and_scale: each((span) => `${span} %`),
    fraction: unscaled(calculated((number) => number / 100)),
    multiplied: unscaled(calculated((number, factor) => number * factor)),
    truncated: calculated((number) => Math.trunc(number)),
    near: calculated((number) => number + 0.004),
    off_by_a_hundredth: calculated((number) => number + 0.01),
    scale_in_text: (gold) => ({ answer: spansOf(gold).map((span) => `${span} ${gold.scale}`), scale: '' }),
    scale_twice: each((span) => `${span} million`),
    first_words: each((span) => {
      const words = span.split(' ');
      return words.slice(0, Math.floor((words.length + 1) / 2)).join(' ');
    }),
    turned_words: each((span) => span.split(' ').reverse().join(' ')),
    first_span: spans((all) => all.slice(0, 1)),
    extra_span: spans((all) => [...all, 'other income of 12']),
    doubled: spans((all) => [...all, ...all]),
    joined: spans((all) => [all.join(', ')]),
    sentence: spans((all) => [`The answer is ${all.join(' and ')}.`]),
    nothing: spans(() => []),
    empty_span: spans(() => ['']),
    capitals: each((span) => span.toUpperCase()),
    minus_sign: each((span) => span.replaceAll('-', '−')),
    no_break_space: each((span) => span.replaceAll(' ', '\u00a0')),
    wide_digits: each((span) =>
      span.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
    ),
    number_words: each((span) => span.replace(/[0-9]/g, (digit) => ` ${digitWords[Number(digit)]} `)),
    dollar: each((span) => `$${span}`),
    commas_gone: each((span) => span.replaceAll(',', '')),
    punctuation: each((span) => span.replaceAll(' ', '; ')),
    articles: each((span) => `the ${span.replaceAll(' ', ' an ')}`),
    line_breaks: each((span) => span.replaceAll(' ', '\n')),
    refusal: () => ({ answer: ['The table does not say.'], scale: '' }),
  } satisfies Record<string, Make>),
);
