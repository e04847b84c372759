/**
 * The one form that the answers of a task have, so that a model learns one way of answering and a scorer reads it.
 * Small deviations are repaired, other answers rejected.
 * @module
 */
import type { AnswerFormatSetting } from '../../recipe/data/formats.js';
import { calculate } from '../calculator.js';
import { declined } from './direct-answers.js';

/** What a model answers when a text does not hold what is asked for. */
export const declinedText = 'The text does not say.';

/** The form of an answer. */
export type AnswerFormat =
  /** Plain decimals, `-` before negatives, `%` after percentages, no separators: `1452.4`, `-12`, `40.0%`. */
  | { kind: 'figure' }
  /** What the calculator executes, its numbers as in `figure`: `(1496.5 - 1202.9) / 1202.9 in %`. */
  | { kind: 'expression' }
  /** One of several labels; `options` is absent where they stand in the question. */
  | { kind: 'label'; options?: readonly string[] }
  /** A figure with its unit, a date or a name, as it stands in the text. */
  | { kind: 'value' }
  /** One line that is no sentence, for example a title. */
  | { kind: 'line' }
  /** One sentence. */
  | { kind: 'sentence' }
  /** Text of one or more paragraphs. */
  | { kind: 'text' }
  /** A JSON object with exactly these keys in this order, on one line, its values strings, numbers, booleans or null. */
  | { kind: 'json'; keys?: readonly string[] }
  /** Any JSON object or array without white space between its parts. */
  | { kind: 'compact_json' }
  /** One of the fixed sentences that say that there is no answer. */
  | { kind: 'declining' }
  /** What a whole answer matches. */
  | { kind: 'regex'; pattern: string };

/** The form of each task that Attune makes pairs for. */
export const answerFormats: ReadonlyMap<string, AnswerFormat> = new Map<string, AnswerFormat>([
  ['look_up', { kind: 'figure' }],
  ['change', { kind: 'expression' }],
  ['percentage_change', { kind: 'expression' }],
  ['total', { kind: 'expression' }],
  ['average', { kind: 'expression' }],
  ['share', { kind: 'expression' }],
  ['ratio', { kind: 'expression' }],
  ['unit_conversion', { kind: 'expression' }],
  ['comparison', { kind: 'label' }],
  ['ranking', { kind: 'label' }],
  ['statement_type', { kind: 'label' }],
  ['unanswerable', { kind: 'declining' }],
  ['definition', { kind: 'sentence' }],
  ['extraction', { kind: 'value' }],
  ['json_extraction', { kind: 'json' }],
  ['classification', { kind: 'label' }],
  ['title', { kind: 'line' }],
  ['summary', { kind: 'text' }],
  ['numeric', { kind: 'expression' }],
  ['financial_ratio', { kind: 'expression' }],
  ['trend_commentary', { kind: 'sentence' }],
  ['risk_flags', { kind: 'label' }],
  ['json_output', { kind: 'compact_json' }],
]);

/** Whether an answer has its form: as it is, after a repair, or not at all. */
export type FormatVerdict =
  | { ok: true }
  /** The answer in its form, and what was changed, for example `white space, trailing period`. */
  | { repaired: string; by: string }
  /** Short name of what is wrong, for example `not_a_figure`. */
  | { rejected: string };

/** Longest answer that is looked at, in characters. */
const maximumLength = 20_000;

/**
 * Checks an answer against the form of its task, or against `format` where one is given. Tasks without a form pass.
 */
export function checkAnswer(task: string, answer: string, format?: AnswerFormat): FormatVerdict {
  const wanted = format ?? answerFormats.get(task);
  if (!wanted) return { ok: true };
  if (answer.length > maximumLength) return { rejected: 'too_long' };
  const repairs = new Set<string>();
  const change = (text: string, next: string, by: string): string => {
    if (next !== text) repairs.add(by);
    return next;
  };
  let text = change(answer, answer.trim(), 'white space');
  text = change(text, withoutFence(text), 'code fence');
  text = change(text, withoutPrefix(text), 'prefix');
  const json = wanted.kind === 'json' || wanted.kind === 'compact_json';
  if (!json && wanted.kind !== 'regex') {
    text = change(text, withoutFrame(text, wanted.kind), 'quotes');
  }
  if (wanted.kind !== 'text' && !json && wanted.kind !== 'regex') {
    text = change(text, text.replace(/\s+/g, ' '), 'white space');
  }
  if (text === '') return { rejected: 'empty' };
  const result = readers[wanted.kind](text, wanted as never, change);
  if ('rejected' in result) return result;
  return repairs.size === 0 ? { ok: true } : { repaired: result.text, by: [...repairs].join(', ') };
}

/** The form that a recipe states. */
export function formatOf(setting: AnswerFormatSetting): AnswerFormat {
  if (typeof setting === 'string') return { kind: setting };
  if ('options' in setting) return { kind: 'label', options: setting.options };
  if ('json' in setting) return { kind: 'json', keys: setting.json };
  return { kind: 'regex', pattern: setting.regex };
}

/** In words, for a prompt. */
export function describeFormat(format: AnswerFormat): string {
  switch (format.kind) {
    case 'figure':
      return 'one figure in plain decimals without separators, currency or unit, "%" after a percentage: 1452.4, -12, 40.0%';
    case 'expression':
      return 'an arithmetic expression over figures of the text, without separators, currency or unit: 1496.5 - 1202.9; where the question asks for a percentage it ends in "in %": (1496.5 - 1202.9) / 1202.9 in %';
    case 'label':
      return format.options
        ? `one of: ${format.options.join(' | ')}`
        : 'one of the options that the question offers, word for word';
    case 'value':
      return 'the value alone, exactly as it stands in the text, with its unit: $4.2 billion, August 16, 2023';
    case 'line':
      return 'one short line without a final period';
    case 'sentence':
      return 'one full sentence that ends with a period';
    case 'text':
      return 'plain text without headings or lists';
    case 'json':
      return `a JSON object on one line${format.keys ? ` with the keys ${format.keys.map((key) => JSON.stringify(key)).join(', ')} in this order, null where the text does not say` : ''}`;
    case 'compact_json':
      return 'a JSON object or array on one line without white space between its parts';
    case 'declining':
      return `exactly this sentence: ${declinedText}`;
    case 'regex':
      return `a text that matches the regular expression ${format.pattern}`;
  }
}

type Change = (text: string, next: string, by: string) => string;
type Reading = { text: string } | { rejected: string };
type Readers = {
  [kind in AnswerFormat['kind']]: (
    text: string,
    format: Extract<AnswerFormat, { kind: kind }>,
    change: Change,
  ) => Reading;
};

const figure = /^-?\d+(?:\.\d+)?%?$/;
const numberWithCommas = /(?<![\d.,])\d{1,3}(?:,\d{3}){1,6}(?![\d,])/g;

const readers: Readers = {
  figure: (text, _format, change) => {
    let plain = change(text, text.replace(/(?<=[\d%)])\.$/, ''), 'trailing period');
    plain = change(
      plain,
      plain.replace(/^[−–]/, '-').replace(/^(-?)\s*[$€£]\s?(?=[\d.-])/, '$1'),
      'currency sign',
    );
    plain = change(plain, plain.replace(/^\(([\d,.]+%?)\)$/, '-$1'), 'brackets');
    plain = change(plain, plain.replace(numberWithCommas, withoutCommas), 'thousands separators');
    plain = change(
      plain,
      plain.replace(/\s?(?:percent|per cent)$/i, '%').replace(/\s+%$/, '%'),
      'per cent sign',
    );
    plain = change(plain, plain.replace(/^(-?)\.(?=\d)/, '$10.').replace(/^\+(?=\d)/, ''), 'plain decimals');
    return figure.test(plain) ? { text: plain } : { rejected: 'not_a_figure' };
  },
  expression: (text, _format, change) => {
    let plain = change(text, text.replace(/(?<=[\d%)])\.$/, ''), 'trailing period');
    plain = change(plain, plain.replace(/\s*=[^=]*$/, ''), 'result after the expression');
    plain = change(
      plain,
      plain.replace(/[−–×÷]/g, (sign) => plainSigns[sign]!),
      'signs',
    );
    plain = change(plain, plain.replace(/[$€£]\s?(?=[\d.])/g, ''), 'currency sign');
    plain = change(plain, plain.replace(numberWithCommas, withoutCommas), 'thousands separators');
    const expression = plain.replace(/\s+in %$/, '');
    if (!/[-+*/(]/.test(expression.replace(/^-/, ''))) return { rejected: 'not_an_expression' };
    try {
      calculate(expression);
    } catch {
      return { rejected: 'not_an_expression' };
    }
    return { text: plain };
  },
  label: (text, { options }, change) => {
    if (!options?.includes(text)) text = change(text, text.replace(/[.;,]$/, ''), 'trailing period');
    if (options) {
      const option =
        options.find((candidate) => candidate === text) ??
        options.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
      return option === undefined ? { rejected: 'not_an_option' } : { text: change(text, option, 'case') };
    }
    return text.length <= 200 ? { text } : { rejected: 'not_a_label' };
  },
  value: (text, _format, change) => {
    const plain = change(
      text,
      text.replace(/(?<!\b(?:\p{L}|Inc|Ltd|Co|Corp|Jr|Sr|St|No))\.$/u, ''),
      'trailing period',
    );
    return plain.length <= 200 ? { text: plain } : { rejected: 'not_a_value' };
  },
  line: (text, _format, change) => {
    const plain = change(
      text,
      text.replace(/(?<!\b(?:\p{L}|Inc|Ltd|Co|Corp|Jr|Sr))\.$/u, ''),
      'trailing period',
    );
    return plain.length <= 200 ? { text: plain } : { rejected: 'too_long' };
  },
  sentence: (text, _format, change) => {
    const plain = /[.!?…][)”"’']?$/.test(text)
      ? text
      : change(text, `${text.replace(/[;,:]$/, '')}.`, 'final period');
    if (plain.split(' ').length < 3) return { rejected: 'not_a_sentence' };
    return plain.length <= 1000 ? { text: plain } : { rejected: 'too_long' };
  },
  text: (text) => ({ text }),
  json: (text, { keys }, change) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { rejected: 'not_json' };
    }
    if (!value || typeof value !== 'object' || Array.isArray(value)) return { rejected: 'not_a_json_object' };
    const entries = new Map(Object.entries(value));
    if ([...entries.values()].some((entry) => entry !== null && typeof entry === 'object')) {
      return { rejected: 'nested_json' };
    }
    const order = keys ?? [...entries.keys()];
    const missing = order.some((key) => !entries.has(key)) || entries.size !== order.length;
    if (missing) return { rejected: 'wrong_keys' };
    if ([...entries.keys()].some((key, index) => key !== order[index])) change('', ' ', 'order of keys');
    const line = jsonLine(order.map((key) => [key, entries.get(key) as JsonValue]));
    return { text: change(text, line, 'white space') };
  },
  compact_json: (text, _format, change) => {
    try {
      const value: unknown = JSON.parse(text);
      if (!value || typeof value !== 'object') return { rejected: 'not_a_json_object' };
    } catch {
      return { rejected: 'not_json' };
    }
    // Strings are passed over as they are; parsing and writing anew would put keys that are years first.
    const compact = text.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, '$1');
    return { text: change(text, compact, 'white space') };
  },
  declining: (text, _format, change) => {
    const known = [declinedText, declined].find((sentence) => bare(sentence) === bare(text));
    return known ? { text: change(text, known, 'fixed sentence') } : { rejected: 'not_declined' };
  },
  regex: (text, { pattern }) =>
    new RegExp(`^(?:${pattern})$`, 'su').test(text) ? { text } : { rejected: 'does_not_match' },
};

/** A value of a JSON answer. */
export type JsonValue = string | number | boolean | null;

/** A JSON object on one line, a blank after every colon and comma. Keys that look like numbers keep their place too. */
export function jsonLine(entries: readonly (readonly [key: string, value: JsonValue])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')}}`;
}

const plainSigns: Record<string, string> = { '−': '-', '–': '-', '×': '*', '÷': '/' };

function withoutCommas(text: string): string {
  return text.replaceAll(',', '');
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
}

/** What stands between the first and the last line, where those are a code fence. */
function withoutFence(text: string): string {
  if (!text.startsWith('```') || !text.endsWith('```') || text.length < 6) return text;
  const firstLine = text.indexOf('\n');
  const inner = firstLine < 0 ? text.slice(3, -3) : text.slice(firstLine + 1, -3);
  return inner.trim();
}

function withoutPrefix(text: string): string {
  return text.replace(
    /^(?:\*\*)?(?:final |the )?(?:answer|response|output)(?: is)?\s{0,3}:\s{0,3}(?:\*\*)?\s{0,3}/i,
    '',
  );
}

const frames: [string, string][] = [
  ['"', '"'],
  ['“', '”'],
  ['‘', '’'],
  ["'", "'"],
  ['`', '`'],
  ['**', '**'],
];

/** Quotes or emphasis around the whole answer, where no other pair of them stands inside. */
function withoutFrame(text: string, kind: AnswerFormat['kind']): string {
  // Quoted speech in running text is not a frame around the answer.
  if (kind === 'text' && text.includes('\n')) return text;
  for (const [open, close] of frames) {
    if (text.length <= open.length + close.length || !text.startsWith(open) || !text.endsWith(close))
      continue;
    const inner = text.slice(open.length, -close.length);
    if (!inner.includes(open) && !inner.includes(close)) return inner.trim();
  }
  return text;
}
