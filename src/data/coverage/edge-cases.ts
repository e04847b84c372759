/**
 * Edge cases: items of the kinds that models get wrong and data sets hold too few of.
 * @module
 */
import type { CoverageSettings } from '../../recipe/data/coverage.js';
import { readExchange } from '../augment/exchange.js';
import { findFigures } from '../augment/figures.js';
import type { Item } from '../item.js';
import { declined } from '../pairs/direct-answers.js';
import { countSteps } from '../quality/hardness.js';

/** The rules by which an item is an edge case; that its task is rare only shows over all items. */
export const edgeRules = [
  'negative_or_zero',
  'missing_value',
  'mixed_units',
  'short_context',
  'long_context',
  'unanswerable',
  'several_steps',
] as const;

/** One rule. */
export type EdgeRule = (typeof edgeRules)[number];

/** A cell with a dash or nothing to tell, before the next cell or the end of the line. */
const missing = /(?:^|[\s|,])(?:[-–—]|n\/a|nil)[ \t]?(?=[|,\n]|$| [|,])/i;
const refusing =
  /\b(?:does not (?:say|state|mention|contain|give)|not (?:given|stated|mentioned|available|enough information)|cannot be (?:determined|answered)|unanswerable)\b/i;
const units = [/\bthousands?\b|[’']000\b/i, /\bmillions?\b/i, /\bbillions?\b/i];
const currencies = [/\$|\bdollars?\b/i, /€|\beuros?\b/i, /£|\bpounds? sterling\b/i, /¥|\byen\b/i];

/**
 * The rules that an item meets:
 *
 * - `negative_or_zero`: a figure of the answer is negative or zero
 * - `missing_value`: a row that the question names has a dash, `n/a` or `nil` in place of a value
 * - `mixed_units`: context and question name two scales or two currencies
 * - `short_context`, `long_context`: fewer or more characters than the settings say
 * - `unanswerable`: the answer says that the context does not tell
 * - `several_steps`: the answer takes two or more operations
 */
export function edgeCases(item: Item, settings: CoverageSettings): EdgeRule[] {
  const exchange = readExchange(item);
  if (!exchange) return [];
  const { context, question, response } = exchange;
  const rules: EdgeRule[] = [];
  const short = response.length <= 300;
  const figures = short ? findFigures(response) : [];
  if (figures.some(({ negative, value }) => negative || value === 0)) rules.push('negative_or_zero');
  if (context !== '') {
    if (missing.test(context) && asksForGap(context, question)) rules.push('missing_value');
    const text = `${context}\n${question}`;
    if (several(units, text) || several(currencies, text)) rules.push('mixed_units');
    if (context.length < settings.short_context) rules.push('short_context');
    if (context.length > settings.long_context) rules.push('long_context');
  }
  if (item.task === 'unanswerable' || response === declined || (short && refusing.test(response))) {
    rules.push('unanswerable');
  }
  if (countSteps(item).operations >= 2) rules.push('several_steps');
  return rules;
}

/** Whether a row with a gap is one that the question names. */
function asksForGap(context: string, question: string): boolean {
  const asked = question.toLowerCase();
  return context.split('\n').some((line) => {
    if (line.length > 2000 || !missing.test(line)) return false;
    const label =
      /^[|\s"]*([^|]*?)["\s]*(?:\||$)/.exec(line.includes('|') ? line : line.replace(/",|,/, '|'))?.[1] ?? '';
    return label.length >= 3 && asked.includes(label.toLowerCase());
  });
}

function several(patterns: readonly RegExp[], text: string): boolean {
  return patterns.filter((pattern) => pattern.test(text)).length > 1;
}
