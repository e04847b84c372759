/**
 * The words that a question hangs on, to tell whether another context could answer it.
 * @module
 */
import type { Item } from '../item.js';
import { readContextTable, rowNames } from './context-table.js';
import type { Exchange } from './exchange.js';
import { findFigures } from './figures.js';
import { readQuestion } from './questions.js';

const common = new Set(
  'about above after again against also among amount and any are average because been before being between both but can change compared compute could decrease did does down during each figure for from give had has have how increase into its largest larger less look many mean more most much name not number one other over percent percentage ratio second share show shown smallest some state sum table than that the their them then there these they this those through total under until value was were what when where which while who whom whose why will with would year years'.split(
    ' ',
  ),
);

/** Words that reports use for the same thing, so that `Revenue` is not believed to be missing beside `Net sales`. */
const synonyms = new Map([
  ['sale', 'revenue'],
  ['turnover', 'revenue'],
  ['profit', 'income'],
  ['earning', 'income'],
  ['inventorie', 'inventory'],
  ['expense', 'cost'],
  ['charge', 'cost'],
  ['borrowing', 'debt'],
  ['loan', 'debt'],
  ['receivable', 'debtor'],
  ['payable', 'creditor'],
]);

/** Words that carry meaning, in small letters, plural endings cut off and synonyms made one. */
export function contentWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  return new Set(
    words
      .filter((word) => !common.has(word))
      .map((word) => (word.length > 4 ? word.replace(/s$/, '') : word))
      .map((word) => synonyms.get(word) ?? word),
  );
}

/** What another context must not hold if the answer is to come from the real one, or from none. */
export interface KeyTerms {
  /** Names of rows that the question asks for; empty where they are unknown. */
  labels: string[];
  /** Words of the question that carry meaning. */
  words: Set<string>;
  /** The answer's words, where it is text, and its figures. */
  answerWords: Set<string>;
  answerFigures: string[];
}

/** The key terms of an item's question and answer. */
export function keyTerms(item: Item, exchange: Exchange): KeyTerms {
  const table = readContextTable(exchange.context);
  const fact = table && readQuestion(item.task, exchange.question, table);
  const single = ['row', 'other', 'whole', 'first', 'second'].flatMap((name) => fact?.words[name] ?? []);
  const listed = fact?.words.rows ?? fact?.words.items ?? '';
  const labels = [
    ...single,
    ...(table?.rows.flatMap(rowNames).filter((name) => name !== '' && listed.includes(name)) ?? []),
  ];
  const figures = findFigures(exchange.response).map(({ digits }) => digits.replaceAll(',', ''));
  return {
    labels,
    words: contentWords(labels.length > 0 ? labels.join(' ') : exchange.question),
    answerWords: contentWords(exchange.response),
    answerFigures: figures.filter((digits) => digits.length >= 3),
  };
}

/** Share of `words` that stand in `among`; 1 where there are no words, for then nothing is known. */
export function shareIn(words: ReadonlySet<string>, among: ReadonlySet<string>): number {
  if (words.size === 0) return 1;
  return [...words].filter((word) => among.has(word)).length / words.size;
}
