/**
 * Contexts of other items that may be lent: as a distractor beside the real one, or as one that lacks the answer.
 * @module
 */
import type { RandomStream } from '../../random.js';
import type { Item } from '../item.js';
import { declined } from '../pairs/direct-answers.js';
import { readContextTable } from './context-table.js';
import { type Change, type Exchange, pointsAtContext, readExchange } from './exchange.js';
import { contentWords, type KeyTerms, keyTerms, shareIn } from './terms.js';

/** A context with what is known about it. */
interface Donor {
  item: Item;
  context: string;
  /** In small letters, and without thousands commas. */
  lower: string;
  plain: string;
  words: Set<string>;
  /** The words of each row's label with its section; absent where the context is no table. */
  rows?: Set<string>[];
}

const tries = 24;

/** The contexts of a batch. A context is lent only within its split and its licence, never to its own group. */
export class Donors {
  private readonly donors = new Map<string, Donor[]>();

  constructor(items: readonly Item[]) {
    const seen = new Set<string>();
    for (const item of items) {
      const exchange = item.parent === undefined ? readExchange(item) : undefined;
      const context = exchange?.context ?? '';
      const key = keyOf(item);
      if (context === '' || seen.has(`${key}\n${context}`)) continue;
      seen.add(`${key}\n${context}`);
      const rows = readContextTable(context)?.rows.map(({ label, section }) =>
        contentWords(`${section ?? ''} ${label}`),
      );
      const donor: Donor = {
        item,
        context,
        lower: context.toLowerCase(),
        plain: context.replaceAll(',', ''),
        words: contentWords(context),
        ...(rows ? { rows } : {}),
      };
      const others = this.donors.get(key);
      if (others) others.push(donor);
      else this.donors.set(key, [donor]);
    }
  }

  /** A donor of another group that `fits`, among a few drawn ones. */
  draw(item: Item, random: RandomStream, fits: (donor: Donor) => boolean): Donor | undefined {
    const donors = this.donors.get(keyOf(item)) ?? [];
    for (let attempt = 0; attempt < tries && donors.length > 0; attempt++) {
      const donor = random.pick(donors);
      if (donor.item.group !== item.group && fits(donor)) return donor;
    }
    return undefined;
  }
}

function keyOf({ split, licence }: Item): string {
  return JSON.stringify([split, licence]);
}

/**
 * Puts the context of another group before or after the real one. The other one holds none of the answer's words and
 * figures, none of the rows asked for, and at most half of the question's words; a question that speaks of `the table`
 * gets none, for two tables would make it unclear.
 */
export function addDistractor(
  item: Item,
  exchange: Exchange,
  random: RandomStream,
  donors: Donors,
): Change | undefined {
  const { context, question, response } = exchange;
  if (context === '' || response === declined || pointsAtContext.test(question)) return undefined;
  if (item.task === 'statement_type') return undefined;
  const terms = keyTerms(item, exchange);
  const donor = donors.draw(
    item,
    random,
    (other) => other.context.length <= 2 * context.length + 2000 && !couldAnswer(other, terms, response),
  );
  if (!donor) return undefined;
  const both = random.next() < 0.5 ? [context, donor.context] : [donor.context, context];
  return {
    exchange: { ...exchange, context: both.map((text, at) => `[${at + 1}]\n${text}`).join('\n\n') },
    note: `the context of ${donor.item.id} (group ${donor.item.group}) put beside the real one`,
  };
}

/** Whether a context holds what the question hangs on. */
function couldAnswer({ lower, plain, words, rows }: Donor, terms: KeyTerms, response: string): boolean {
  if (response.length >= 4 && lower.includes(response.trim().toLowerCase())) return true;
  if (terms.labels.some((label) => lower.includes(label.toLowerCase()))) return true;
  if (terms.answerFigures.some((digits) => plain.includes(digits))) return true;
  if ([...terms.answerWords].some((word) => words.has(word))) return true;
  if (rows && terms.labels.length > 0) return sharesLabel(rows, terms.labels);
  return shareIn(terms.words, words) > 0.5;
}

/** Whether a row of a table has at least half of the words of a label that is asked for. */
function sharesLabel(rows: readonly Set<string>[], labels: readonly string[]): boolean {
  return labels.some((label) => {
    const words = contentWords(label);
    return rows.some((row) => shareIn(words, row) >= 0.5);
  });
}

/**
 * Asks the question about the table of another group that lacks what is asked for; the answer is the sentence for that.
 * Only where the rows that the question asks for are known, and the other table has none of them and less than half of
 * their words.
 */
export function askElsewhere(
  item: Item,
  exchange: Exchange,
  random: RandomStream,
  donors: Donors,
): Change | undefined {
  if (exchange.response === declined) return undefined;
  const { labels, words } = keyTerms(item, exchange);
  if (labels.length === 0 || words.size === 0) return undefined;
  const donor = donors.draw(item, random, ({ lower, rows, words: known }) => {
    if (!rows || labels.some((label) => lower.includes(label.toLowerCase()))) return false;
    return !sharesLabel(rows, labels) && shareIn(words, known) < 0.5;
  });
  if (!donor) return undefined;
  return {
    exchange: { ...exchange, context: donor.context, response: declined },
    note: `asked about the table of ${donor.item.id} (group ${donor.item.group}), which has no ${labels.join(', ')}`,
    task: 'unanswerable',
    answer: null,
    derivation: `the table has no ${labels.join(', ')}`,
  };
}
