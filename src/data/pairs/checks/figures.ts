/**
 * Figures in running text and tables, with what stands around them.
 * @module
 */

/** A number as it stands in a text. */
export interface TextFigure {
  /** With currency, scale word and per cent sign, as it stands: `$4.2 billion`. */
  text: string;
  start: number;
  end: number;
  /** Digits only, without thousands separators: `4.2`. */
  digits: string;
  /** Negative in brackets or after a minus sign; percentages as written (12.3 for 12.3%); without the scale word. */
  value: number;
  /** What the scale word stands for, 1 where there is none. */
  scale: number;
  percent: boolean;
  /** `$`, `€`, `£`, `¥`, `S$` and the like; undefined where there is none. */
  currency?: string;
  /** Half a unit of the last digit as written. */
  resolution: number;
  /** Digits that are meant, without leading zeros and, in whole numbers, trailing ones. */
  significant: number;
  /** Whether it looks like a calendar year. */
  year: boolean;
}

const scales: Record<string, number> = {
  thousand: 1e3,
  k: 1e3,
  million: 1e6,
  mn: 1e6,
  m: 1e6,
  billion: 1e9,
  bn: 1e9,
  b: 1e9,
  trillion: 1e12,
};

/** Every part has a fixed order and bounded white space, so that no text makes it slow. */
const pattern =
  /(?<![\p{L}\d.,_/])(?<open>\()?(?<sign>[-−–]\s?)?(?<currency>(?:US|A|C|HK|NZ|S)?[$€£¥]\s?|(?:USD|EUR|GBP|CHF)\s)?(?<inner>[-−–])?(?<digits>\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,18})?(?<decimals>\.\d{1,18})?(?<percent>\s?(?:%|percent(?:age points?)?\b|per cent\b))?(?<scale>\s(?:thousand|million|billion|trillion)\b|\s?(?:mn|bn)\b|[mkb]\b)?(?<close>\))?/giu;

/** The figures of a text, in order. Numbers inside words (`COVID-19`, `10-K`, `Q4`) and section numbers (`3.2.1`) are none. */
export function findFigures(text: string): TextFigure[] {
  const figures: TextFigure[] = [];
  pattern.lastIndex = 0;
  for (const match of text.matchAll(pattern)) {
    const parts = match.groups!;
    if (!parts.digits && !parts.decimals) continue;
    let [found] = match;
    let start = match.index;
    let end = start + found.length;
    const bracketed = Boolean(parts.open && parts.close);
    if (parts.open && !parts.close) {
      found = found.slice(1);
      start++;
    }
    if (parts.close && !parts.open) {
      found = found.slice(0, -1);
      end--;
    }
    const next = text.slice(end, end + 2);
    // `10-K`, `2019-20`, `3.2.1`, `5th`: no figure that is meant as a quantity.
    if (/^[\p{L}_]/u.test(next) || /^[.,/:]\d/.test(next) || /^[-–]\p{L}$/u.test(next)) continue;
    const before = text.slice(Math.max(0, start - 2), start);
    if (/\p{L}[-–]$/u.test(before)) continue;
    const dashed = /[\p{L}\d]$/u.test(before) && parts.sign !== undefined;
    const digits = `${(parts.digits ?? '0').replaceAll(',', '')}${parts.decimals ?? ''}`;
    const size = Number(digits);
    // `2018 -2935` is a column and its amount, `2017 - 2020` a range.
    const ranges = /\d$/.test(before) || (/\d\s$/.test(before) && /\s$/.test(parts.sign ?? ''));
    const outer = parts.sign !== undefined && !dashed && !ranges;
    // (12) is a negative in a statement and a remark or footnote in a sentence; amounts in brackets are remarks there.
    const negative = outer || parts.inner !== undefined || (bracketed && inTable(text, start));
    const decimals = parts.decimals ? parts.decimals.length - 1 : 0;
    const bare = !parts.currency && !parts.percent && !parts.scale;
    figures.push({
      text: bracketed ? found.slice(1, -1).trim() : found.trim(),
      start,
      end,
      digits,
      value: negative && size !== 0 ? -size : size,
      scale: parts.scale ? scales[parts.scale.trim().toLowerCase()]! : 1,
      percent: parts.percent !== undefined,
      ...(parts.currency ? { currency: currencyOf(parts.currency) } : {}),
      resolution: 0.5 * 10 ** -decimals,
      significant: significantDigits(digits),
      // `-2085` is an amount; the sign of `2017 – 2020` stands apart.
      year:
        bare &&
        !(outer && /\S$/.test(parts.sign!)) &&
        /^(?:19|20)\d\d$/.test(parts.digits ?? '') &&
        decimals === 0,
    });
  }
  return figures;
}

function currencyOf(text: string): string {
  const words: Record<string, string> = { USD: '$', EUR: '€', GBP: '£', CHF: 'CHF' };
  const sign = text.trim().toUpperCase();
  return words[sign] ?? sign.replace(/^US(?=\$)/, '');
}

/** Looks a little to both sides only, so that a long line costs no more than a short one. */
function inTable(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 300), start);
  const after = text.slice(start, start + 300);
  const line =
    before.slice(before.lastIndexOf('\n') + 1) + after.slice(0, (after.indexOf('\n') + 1 || 301) - 1);
  return line.includes(' | ') || !/[a-z]/i.test(line);
}

function significantDigits(digits: string): number {
  const plain = digits.replace('.', '').replace(/^0+/, '');
  return Math.max(1, (digits.includes('.') ? plain : plain.replace(/0+$/, '')).length);
}
