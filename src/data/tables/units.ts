/**
 * Units that a table states in its own cells.
 * @module
 */
import type { FigureKind, Scale } from './statement.js';

const scalePatterns: [Scale, RegExp][] = [
  [
    'thousands',
    /\b(?:in\s*)?thousands\b|inthousands|[’'‘`]\s?000\b|\b(?:us|a|hk|c)?\$\s?thousand\b|\(000s?\)|\bk(?:€|£)/i,
  ],
  [
    'millions',
    /\b(?:in\s*)?millions?\b|inmillions|[$€£]\s?m\b|\b(?:eur|usd|gbp|rmb|chf|sek|aed|rs\.?)[’'\s]?(?:m|million|mn)\b/i,
  ],
  ['billions', /\b(?:in\s*)?billions?\b|[$€£]\s?bn?\b/i],
];

const currencyPatterns: [string, RegExp][] = [
  ['Canadian dollars', /canadian dollars|\bc\$|\bcad\b/i],
  ['Australian dollars', /australian dollars|\ba\$|\baud\b/i],
  ['yuan', /\brmb\b|\byuan\b/i],
  ['rupees', /\brupees?\b|\binr\b|₹|\bcrores?\b|\blakhs?\b/i],
  ['yen', /¥|\byen\b/i],
  ['dollars', /\$|\bdollars?\b|\busd\b/i],
  ['euros', /€|\beuros?\b|\beur\b/i],
  ['pounds', /£|\bgbp\b|\bpounds? sterling\b/i],
];

/** The scale that a text names; undefined where it names none or several. */
export function scaleOf(text: string): Scale | 'several' | undefined {
  const found = scalePatterns.filter(([, pattern]) => pattern.test(text)).map(([scale]) => scale);
  return found.length > 1 ? 'several' : found[0];
}

/** The currency that a text names; the first that fits, the more specific ones before `dollars`. */
export function currencyOf(text: string): string | undefined {
  return currencyPatterns.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Whether a header cell only states a unit (`(in millions)`, `£m`, `US$'000`, `%`). */
export function isUnitOnly(text: string): boolean {
  const rest = text
    .replace(/\b(?:except|excluding|other than)\b.*$/i, '')
    .replace(
      /in\s*(thousands|millions|billions)|thousands?|millions?|billions?|\bu\.\s?s\.\s?dollars?|\b(?:us|canadian|australian)?\s*dollars?|euros?|pounds?/gi,
      '',
    )
    .replace(
      /\b(?:us|a|c|hk)?[$€£]\s?(?:m|bn?|k)?\b|[$€£]|\b(?:usd|eur|gbp|rmb|us|a|cad|aud)\b|[’'‘`]\s?(?:000|m)?/gi,
      '',
    )
    .replace(/\b(?:amounts?|expressed|stated|figures?|in|of|and|unaudited|the)\b|[%()[\],.:;\s0]/gi, '');
  return rest === '' && text !== '';
}

const perShare =
  /\bper\b[^|]*\b(?:share|unit|ads|stock)\b|\b(?:share|stock|exercise|grant date|target|unit) price\b|grant[- ]date fair value|\beps\b/i;
const percentage = /(?<![\d.]\s?)%|\bpercent(?:age)?\b/i;
const otherUnit =
  /\b(?:shares|number|units|employees|headcount|years?|months|days|weeks|hours|expected (?:term|life)|lives|age|rates?|ratio|margin|yield|volatility|tonnes?|tons|mwh|kwh|gj|square|customers|subscribers|stores|vessels|options outstanding|awards|rsus?|psus?|quantity|times|factor|volumes?|multiple|per)\b/i;

/** Kind of the figures under a label, as far as the label tells. */
export function kindOfLabel(label: string): FigureKind | undefined {
  if (perShare.test(label)) return 'per_share';
  if (percentage.test(label)) return 'percent';
  if (
    otherUnit.test(
      label.replace(
        /\b(?:years?|months|weeks|days)\s+(?:ended|ending)|fiscal years?|(?:of|for|during) (?:the )?(?:prior |current |previous )?(?:years?|period)|one year|(?:within|after|than|over|to|–|-|\d)\s*\d*\s*(?:years?|months|days)/gi,
        '',
      ),
    )
  ) {
    return 'other';
  }
  return undefined;
}
