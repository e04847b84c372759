/**
 * Figures in running text: where they stand, what they say, and how another value is written in the same form.
 * @module
 */

/** A figure in a text. Its sign and currency are not part of it, so that `(12)`, `-12` and `$12` hold the same figure. */
export interface Figure {
  start: number;
  end: number;
  /** Digits as written, with separators and decimals: `1,452.40`. */
  digits: string;
  value: number;
  decimals: number;
  percent: boolean;
  /** What a scale word after it says: 1e3, 1e6 or 1e9. */
  scale?: number;
  /** Whether a minus or a bracket makes it negative. */
  negative: boolean;
}

const token =
  /(?<![\p{L}\p{N}_.,/'’:#-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\p{L}\p{N}_]|[.,/:'’]\d|-[\p{L}\p{N}]|\(\p{L}\))/gu;
/** As {@link token}, after a minus sign. */
const signed =
  /(?<=(?:^|[\s([|,;=:+*/])[-−–])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\p{L}\p{N}_]|[.,/:'’]\d|-[\p{L}\p{N}]|\(\p{L}\))/gu;
const scales: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9 };
const months =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec';
const monthBefore = new RegExp(`\\b(?:${months})\\.?\\s{1,2}$`, 'i');
const monthAfter = new RegExp(`^(?:st|nd|rd|th)?\\s{1,2}(?:${months})\\b`, 'i');
/** What stands before a number that only names something. */
const nameBefore =
  /\b(?:table|note|notes|page|pages|p|pp|section|item|items|figure|fig|chapter|part|step|no|nos|number|row|line|question|paragraph|article|rule|level|phase|type|stage|grade|class|version|form|exhibit|appendix|group|schedule|ifrs|ias|asc|asu|fas|sfas|quarter|week|day|fy|cfr|iso|§+)\.?\s{0,2}$/i;

/**
 * The figures of a text. Left out are years, dates, times, numbers of rows, notes and pages, and digits inside words
 * (`Q1`, `10-K`): those name something and count nothing.
 */
export function findFigures(text: string): Figure[] {
  const found = [...text.matchAll(token), ...text.matchAll(signed)].sort((a, b) => a.index - b.index);
  const figures: Figure[] = [];
  for (const { 0: digits, index: start } of found) {
    const end = start + digits.length;
    if (start < (figures.at(-1)?.end ?? 0)) continue;
    const before = text.slice(Math.max(0, start - 24), start);
    const after = text.slice(end, end + 24);
    const percent = /^\s?(?:%|per\s?cent\b)/i.test(after);
    if (digits.length > 15 || (!percent && namesSomething(digits, before, after))) continue;
    const scale = scales[/^\s?(thousand|million|billion)s?\b/i.exec(after)?.[1]?.toLowerCase() ?? ''];
    figures.push({
      start,
      end,
      digits,
      value: Number(digits.replaceAll(',', '')),
      decimals: digits.split('.')[1]?.length ?? 0,
      percent,
      ...(scale === undefined ? {} : { scale }),
      negative: /[-−–]\s?[$€£]?\s?$/.test(before)
        ? !/(?:[\p{L}\p{N})%][-−–]\s?|[\p{L}\p{N})%]\s[-−–]\s)[$€£]?\s?$/u.test(before)
        : /\(\s?[$€£]?\s?$/.test(before) && /^\s?%?\)/.test(after),
    });
  }
  return figures;
}

/** Whether a number is a year, a date, or the number of a row, note or page. */
function namesSomething(digits: string, before: string, after: string): boolean {
  if (isYear(digits) && !/[$€£]\s?$/.test(before)) return true;
  if (/^\d{1,2}$/.test(digits)) {
    if (monthBefore.test(before) || monthAfter.test(after)) return true;
    // `1. First`, `2) Second`, `3 | ...` at the beginning of a line.
    if (/(?:^|\n)\s*(?:\(|#)?$/.test(before) && /^(?:[.)]\s|\s?\|)/.test(after)) return true;
  }
  // `2.1 Office buildings`: the number of a heading.
  if (
    /^\d{1,2}(?:\.\d{1,2})?$/.test(digits) &&
    /(?:^|\n)(?:#{1,6} |Table: )?$/.test(before) &&
    /^\.?\s+\p{Lu}/u.test(after)
  )
    return true;
  return nameBefore.test(before) && !/[$€£]\s?$/.test(before);
}

/** Whether digits look like a calendar year: those are never taken for an amount. */
export function isYear(digits: string): boolean {
  return /^(?:1[89]|20)\d\d$/.test(digits);
}

/** `value` written as `digits` is: decimals and thousands separators alike. */
export function writeLike(value: number, digits: string): string {
  const [whole, fraction] = value.toFixed(digits.split('.')[1]?.length ?? 0).split('.') as [string, string?];
  const grouped = digits.includes(',') ? whole.replace(/\B(?=(?:\d{3})+$)/g, ',') : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Digits before the decimal point; 0.5 has none. */
export function wholeDigits(value: number): number {
  return value < 1 ? 0 : String(Math.trunc(value)).length;
}

/** The text with every figure that `change` gives other digits for; figures inside `kept` ranges stay. */
export function replaceFigures(
  text: string,
  change: (figure: Figure) => string | undefined,
  kept: readonly (readonly [start: number, end: number])[] = [],
): string {
  let out = '';
  let at = 0;
  for (const figure of findFigures(text)) {
    if (kept.some(([start, end]) => figure.start < end && figure.end > start)) continue;
    const digits = change(figure);
    if (digits === undefined) continue;
    out += text.slice(at, figure.start) + digits;
    at = figure.end;
  }
  return out + text.slice(at);
}

/** Where `names` that hold digits stand in a text, so that a label's own digits can be left alone. */
export function rangesOf(text: string, names: readonly string[]): [number, number][] {
  const ranges: [number, number][] = [];
  const lower = text.toLowerCase();
  for (const name of new Set(names.map((label) => label.toLowerCase()))) {
    if (!/\d/.test(name)) continue;
    for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + name.length)) {
      const whole =
        !/[\p{L}\p{N}]$/u.test(lower.slice(0, at)) && !/^[\p{L}\p{N}]/u.test(lower.slice(at + name.length));
      if (whole) ranges.push([at, at + name.length]);
    }
  }
  return ranges;
}
