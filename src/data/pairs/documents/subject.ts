/**
 * What a sentence gives a figure for, as a question may name it.
 * @module
 */
import { type Period, readPeriods } from './periods.js';

/** The subject of a sentence, fit for a question. */
export interface Subject {
  /** As it stands inside a question: `net sales`, `the effective tax rate`. */
  text: string;
  /** Equal for what means the same: lower case, without article. */
  key: string;
  /** Period that stands at the subject: `Gross margin for fiscal 2019 was ...`. */
  period?: Period;
}

const maximumWords = 12;
const opening =
  /^(?:\(\w{1,3}\)\s|[•·*–-]\s|overall,?\s|however,\s|also,\s|additionally,\s|in addition,\s|further(?:more)?,\s|finally,\s|similarly,\s|in total,\s|as a result,\s|accordingly,\s)/i;
const determiner = /^(?:our|the|its|their|his|her|this|these)\s+/i;
/** Words that point to something said before, or that begin something else than a subject. */
const pronoun =
  /^(?:it|this|these|those|they|we|there|which|that|such|both|each|other|another|some|certain|all|as|if|when|while|although|because|since|of|at|by|to|with|from|on|in|for|during|including|included|excluding|approximately|about|what|who|he|she|you|i|and|but|or|remaining|offset|not|no)$/i;
/** Words that say nothing about what is counted by themselves. */
const vague =
  /^(?:total|amounts?|balance|results?|changes?|increases?|decreases?|remainder|differences?|figures?|numbers?|values?)$/i;
const clause =
  /\b(?:our|their|that|which|who|whose|whom|when|where|if|because|whether|we|us|it|they|them|this|these|those|such|is|are|was|were|has|have|had|be|been|being|will|would|may|can|could|should|increased|decreased|due|compared|respectively|primarily|partially|offset|resulted|consisted|included|including|excluding|approximately|not|above|below|following|former|latter|same|prior|previous|preceding|current)\b/i;
const listed =
  /\b(?:selling, general(?:,)? and administrative|property, plant,? and equipment|sales, general and administrative|research, development|cash, cash equivalents)/i;

/**
 * The subject in the words before a verb, or undefined where they are no plain noun phrase: a question about half a
 * clause can't be understood without its sentence.
 *
 * @param passage text in which lower-cased words tell names from words that begin a sentence
 */
export function readSubject(before: string, passage: string): Subject | undefined {
  let text = before.replace(/\s+/g, ' ').trim();
  for (let again = true; again; ) {
    const shorter = text.replace(opening, '');
    again = shorter !== text;
    text = shorter;
  }
  const { rest, period } = withoutPeriod(text);
  text = rest;
  if (/\d|["“”:;$€£%]/.test(text)) return undefined;
  if (text.includes(',') && !listed.test(text)) return undefined;
  const article = determiner.exec(text)?.[0];
  if (article && /^(?:this|these|his|her)/i.test(article)) return undefined;
  const bare = article ? text.slice(article.length) : text;
  const count = bare.split(' ').length;
  if (bare.length < 3 || count > maximumWords || !/^\p{L}/u.test(bare) || !/[\p{L})]$/u.test(bare))
    return undefined;
  if (vague.test(bare) || pronoun.test(bare.split(' ')[0]!)) return undefined;
  if (clause.test(bare) || (bare.match(/\(/g)?.length ?? 0) !== (bare.match(/\)/g)?.length ?? 0))
    return undefined;
  if (!article && !/^\p{Lu}/u.test(bare) && !period) return undefined;
  // A heading that has run into its sentence says everything twice.
  const words = bare
    .toLowerCase()
    .split(' ')
    .filter((word) => word.length > 3);
  if (new Set(words).size < words.length) return undefined;
  const lowered = article ? bare : lowerFirst(bare, passage);
  return {
    text: article ? `the ${bare}` : lowered,
    key: bare.toLowerCase(),
    ...(period ? { period } : {}),
  };
}

/** Takes a period off the beginning (`In fiscal 2019, ...`) or the end (`... for fiscal 2019`). */
function withoutPeriod(text: string): { rest: string; period?: Period } {
  const first = readPeriods(text, 0);
  if (first && first.periods.length === 1) {
    const after = text.slice(first.end);
    if (/^,?\s+\p{L}/u.test(after)) return { rest: after.replace(/^,?\s+/, ''), period: first.periods[0]! };
  }
  for (const match of text.matchAll(/\s(?=(?:in|for|during|at|as of|as at)\s)/gi)) {
    const last = readPeriods(text, match.index + 1);
    if (last?.periods.length === 1 && text.slice(last.end).trim() === '') {
      return { rest: text.slice(0, match.index), period: last.periods[0]! };
    }
  }
  return { rest: text };
}

/** Common words at the beginning of what is reported; names keep their capital. */
const ordinary = new Set(
  'net total revenue revenues sales operating gross cost costs cash interest income diluted basic research selling general capital depreciation amortization effective comparable average other expenses earnings profit gains losses loss inventory inventories accounts deferred equity free adjusted weighted working product products service services subscription foreign domestic organic same-store global provision approximate fair aggregate annual consolidated restructuring advertising marketing share stock stock-based share-based compensation intangible goodwill rental rent premium fee fees federal state current long-term short-term outstanding unrecognized customer customers employee employees administrative corporate segment consulting order orders backlog dividends purchases proceeds contributions payments borrowings'.split(
    ' ',
  ),
);

/** Lowers the first letter where the word is an ordinary one, which the passage itself shows by writing it small. */
function lowerFirst(text: string, passage: string): string {
  const [first = '', ...next] = text.split(' ').slice(0, 3);
  const lower = first.toLowerCase();
  if (!/^\p{Lu}[\p{Ll}-]+$/u.test(first) || next.some((word) => /^\p{Lu}\p{Ll}/u.test(word))) return text;
  const small = ordinary.has(lower) || passage.includes(` ${lower} `);
  return small ? lower + text.slice(first.length) : text;
}
