/**
 * Questions on sentences that state figures: the figures themselves, their direction, and what follows by calculation.
 * @module
 */
import { calculate } from '../../calculator.js';
import { jsonLine } from '../answer-formats.js';
import { valueText } from '../calculations.js';
import type { TextFigure } from '../checks/figures.js';
import type { PassageFact, PassageMaker } from './passage-fact.js';
import type { Passage } from './passages.js';
import type { Period } from './periods.js';
import { sentences } from './sentences.js';
import { comparable, readStatement, type StatedValue, type Statement } from './statements.js';

const read = new WeakMap<Passage, Statement[]>();

/** The statements of a passage; those of one subject and period that contradict each other are left out. */
function statementsOf(passage: Passage): Statement[] {
  const known = read.get(passage);
  if (known) return known;
  const texts = [passage.prose, ...passage.listItems].flatMap(sentences);
  const statements = texts.flatMap((sentence) => readStatement(sentence, passage.text) ?? []);
  read.set(passage, statements);
  return statements;
}

/** Keeps the facts whose question has one answer in the passage. */
function unambiguous(facts: PassageFact[]): PassageFact[] {
  const key = ({ phrasing, words }: PassageFact): string =>
    JSON.stringify([phrasing, words.subject?.toLowerCase(), words.in, words.measure, words.span, words.unit]);
  const answers = new Map<string, Set<string>>();
  for (const fact of facts) answers.set(key(fact), (answers.get(key(fact)) ?? new Set()).add(fact.response));
  // Without its period a question might mean any of several figures of the same thing.
  const subjects = new Map<string, Set<string>>();
  for (const { phrasing, words, response } of facts) {
    const subject = `${phrasing} ${words.subject?.toLowerCase()} ${words.measure ?? ''}`;
    subjects.set(subject, (subjects.get(subject) ?? new Set()).add(response));
  }
  const seen = new Set<string>();
  return facts.filter((fact) => {
    const { phrasing, words } = fact;
    if (answers.get(key(fact))!.size > 1 || seen.has(key(fact))) return false;
    const subject = `${phrasing} ${words.subject?.toLowerCase()} ${words.measure ?? ''}`;
    if (words.in === '' && subjects.get(subject)!.size > 1) return false;
    seen.add(key(fact));
    return true;
  });
}

/** Figures as they stand: of a level, of a change. */
export function statedValues(passage: Passage): PassageFact[] {
  const facts: PassageFact[] = [];
  for (const { subject, values, change, sentence } of statementsOf(passage)) {
    for (const { text, period } of values) {
      facts.push({
        task: 'extraction',
        phrasing: 'value',
        words: { subject: subject.text, in: within(period) },
        response: text,
        derivation: `stated: ${sentence}`,
        subject: subject.text,
      });
    }
    for (const [measure, size] of [
      ['percentage', change?.percent],
      ['amount', change?.amount],
    ] as const) {
      if (!change || !size) continue;
      const rising = change.direction === 'increase';
      facts.push({
        task: 'extraction',
        phrasing: 'change_size',
        words: {
          subject: subject.text,
          verb: change.direction,
          past: `${change.direction}d`,
          noun: change.direction,
          measure,
          article: measure === 'amount' ? 'an' : 'a',
          in: within(subject.period),
        },
        response: size,
        derivation: `stated: ${sentence}${rising ? '' : ' (a decrease)'}`,
        subject: subject.text,
      });
    }
  }
  return unambiguous(facts);
}

const jsonKeys = [
  'direction',
  'percentage',
  'amount',
  'value',
  'period',
  'previous_value',
  'previous_period',
];

/** All that a sentence says about a change, as JSON. */
export const json_extraction: PassageMaker = ({ passage }) =>
  unambiguous(
    statementsOf(passage).flatMap(({ subject, values, change, sentence }): PassageFact[] => {
      if (!change) return [];
      const [current, previous] = values;
      const fields = new Map<string, string | undefined>([
        ['direction', change.direction],
        ['percentage', change.percent],
        ['amount', change.amount],
        ['value', current?.text],
        ['period', (current?.period ?? subject.period)?.name],
        ['previous_value', previous?.text],
        ['previous_period', previous?.period?.name],
      ]);
      if ([...fields.values()].filter((field) => field !== undefined).length < 3) return [];
      return [
        {
          task: 'json_extraction',
          phrasing: 'json',
          words: {
            subject: `the change in ${subject.text}`,
            keys: jsonKeys.map((key) => JSON.stringify(key)).join(', '),
            in: '',
          },
          response: jsonLine(jsonKeys.map((key) => [key, fields.get(key) ?? null])),
          derivation: `stated: ${sentence}`,
          subject: subject.text,
        },
      ];
    }),
  );

/** Pairs of values of one statement that can be compared, the earlier first. */
function comparablePairs(statement: Statement): [from: StatedValue, to: StatedValue][] {
  const [first, ...others] = statement.values;
  if (!first) return [];
  return others.flatMap((other): [StatedValue, StatedValue][] => {
    if (!comparable(first.figure, other.figure) || !other.period) return [];
    if (first.approximate || other.approximate || first.figure.value < 0 || other.figure.value < 0) return [];
    // Without a period of its own the first figure is the current one.
    if (!first.period) return [[other, first]];
    if (first.period.year === other.period.year) return [];
    return [first.period.year > other.period.year ? [other, first] : [first, other]];
  });
}

/** Up or down, and which period has more. */
export const comparison: PassageMaker = ({ passage, random }) =>
  unambiguous(
    statementsOf(passage).flatMap((statement) =>
      comparablePairs(statement).flatMap(([from, to]): PassageFact[] => {
        if (from.figure.value === to.figure.value) return [];
        const rising = to.figure.value > from.figure.value;
        const { subject, sentence } = statement;
        const direction: PassageFact = {
          task: 'comparison',
          phrasing: 'comparison_direction',
          words: { subject: subject.text, span: span(from.period!, to.period) },
          response: rising ? 'increased' : 'decreased',
          derivation: `${from.text} to ${to.text}: ${sentence}`,
          subject: subject.text,
        };
        if (!to.period) return [direction];
        const [first, second] = random.shuffle([from, to]);
        const periods: PassageFact = {
          task: 'comparison',
          phrasing: 'comparison_periods',
          words: {
            subject: subject.text,
            bare: subject.text.replace(/^the /, ''),
            first: first!.period!.name,
            second: second!.period!.name,
            span: [from.period!.name, to.period.name].join(' '),
          },
          response: (rising ? to : from).period!.name,
          derivation: `${from.text} and ${to.text}: ${sentence}`,
          subject: subject.text,
        };
        return [direction, periods];
      }),
    ),
  );

/** Changes, as expressions over the figures. */
export const numeric: PassageMaker = ({ passage }) =>
  unambiguous(
    statementsOf(passage).flatMap((statement) =>
      comparablePairs(statement).flatMap(([from, to]): PassageFact[] => {
        const { subject, sentence } = statement;
        const [before, after] = [plain(from.figure), plain(to.figure)];
        const words = { subject: subject.text, span: span(from.period!, to.period) };
        const derivation = `${to.text} and ${from.text}: ${sentence}`;
        const change = `${after} - ${before}`;
        const facts: PassageFact[] = [
          {
            task: 'numeric',
            phrasing: 'numeric_change',
            words: { ...words, unit: unitOf(to) },
            response: change,
            answer: valueText(calculate(change), to.figure.percent),
            derivation,
            subject: subject.text,
          },
        ];
        if (!to.figure.percent && from.figure.value > 0) {
          const relative = `(${after} - ${before}) / ${before}`;
          facts.push({
            task: 'numeric',
            phrasing: 'numeric_percentage',
            words: { ...words, unit: '%' },
            response: `${relative} in %`,
            answer: valueText(calculate(relative), true),
            derivation,
            subject: subject.text,
          });
        }
        return facts;
      }),
    ),
  );

/** A figure as an expression uses it: no separators, currency or scale word. */
function plain(figure: TextFigure): string {
  const digits = figure.digits.replace(/^\./, '0.');
  return figure.percent ? `${digits}%` : digits;
}

function within(period: Period | undefined): string {
  return period ? ` ${period.phrase}` : '';
}

function span(from: Period, to: Period | undefined): string {
  return to ? `from ${from.name} to ${to.name}` : `compared with ${from.name}`;
}

const currencyWords: Record<string, string> = { $: 'dollars', '€': 'euros', '£': 'pounds', '¥': 'yen' };
const scaleWords = new Map([
  [1e3, 'thousands'],
  [1e6, 'millions'],
  [1e9, 'billions'],
  [1e12, 'trillions'],
]);

/** `, in millions of dollars`: what the expression's value counts, which the bare figures don't say. */
function unitOf({ figure, text }: StatedValue): string {
  if (figure.percent) return ', in percentage points';
  const currency = figure.currency && (currencyWords[figure.currency] ?? figure.currency);
  const scale = scaleWords.get(figure.scale);
  if (scale) return currency ? `, in ${scale} of ${currency}` : `, in ${scale}`;
  const noun = text.slice(text.indexOf(figure.text) + figure.text.length).trim();
  if (currency) return /^per\b/.test(noun) ? `, in ${currency} ${noun}` : `, in ${currency}`;
  return noun && !/^per\b/.test(noun) ? `, in ${noun}` : '';
}
