/**
 * Figures in tables as they stand on a page: what a figure looks like, and what belongs to it although it stands apart.
 * @module
 */
import { isUnitOnly } from '../../tables/units.js';
import type { Cell, Segment } from './layout.js';

const currency = '(?:US|A|C|HK)?[$€£¥]';
const footnote = '(?:\\s?\\((?:\\d{1,2}|[a-z])\\)|\\s?\\*{1,3}|\\s?[†‡])*';
const figure = new RegExp(
  `^${currency}?\\s?[-−–+]?\\s?\\(?\\s?${currency}?\\s?[-−–]?(?:\\d{1,3}(?:[,.’' ]\\d{3})+|\\d+)?(?:[.,]\\d+)?\\s?(?:%|bps?|pts?|x)?\\s?\\)?\\s?%?${footnote}$`,
);
const placeholder = new RegExp(
  `^${currency}?\\s?(?:[-−–—―‒]{1,3}|n/?[ma]|n\\.[ma]\\.|nil|\\*+)\\s?%?${footnote}$`,
  'i',
);
const bareYear = /^(?:FY\s?)?(?:19|20)\d\d(?:\s?\((?:\d{1,2}|[a-z])\))*[AE]?$/;
const sign = new RegExp(`^${currency}$`);

/** Longer texts are never figures; a limit keeps the patterns fast. */
const longestFigure = 40;

/** Whether a text is a figure, with whatever signs around it. A bare year is none. */
export function isFigure(text: string): boolean {
  return text.length <= longestFigure && /\d/.test(text) && figure.test(text) && !bareYear.test(text);
}

/** Whether a text says that there is no figure: a dash, `n/m`, `nil`. */
export function isPlaceholder(text: string): boolean {
  return text.length <= longestFigure && placeholder.test(text);
}

/** Whether a text is nothing but a year, perhaps with a footnote mark. */
export function isYear(text: string): boolean {
  return text.length <= longestFigure && bareYear.test(text);
}

/** Whether a text says in what the figures are given: `(In millions, except per share data)`. */
export function isUnit(text: string): boolean {
  // `Amount` alone is the name of a column.
  return (
    text.length < 120 &&
    isUnitOnly(text) &&
    /[$€£¥%]|thousand|million|billion|dollar|euro|pound|000/i.test(text)
  );
}

/** Whether a text is a currency sign alone. */
function isCurrencySign(text: string): boolean {
  return sign.test(text);
}

/** A currency sign stands at the left edge of its column, at most this many font heights before the figure. */
const farthestSign = 20;
const farthestPercent = 3;

/**
 * Joins the signs of a line to their figures: `$` to the figure on its right, `)` and `%` to the one on their left.
 * The sign counts for the text and not for the place, so that figures still stand under each other.
 */
export function joinSigns(segments: readonly Segment[]): Cell[] {
  const joined: Cell[] = [];
  let pending: Cell | undefined;
  for (const segment of segments.flatMap(splitSign).flatMap(splitFigures)) {
    const before = joined.at(-1);
    if (isCurrencySign(segment.text)) {
      if (pending) joined.push(pending);
      pending = { ...segment, left: segment.x0 };
      continue;
    }
    if (before && !pending && closes(segment, before)) {
      before.text += segment.text;
      before.x1 = segment.x1;
      continue;
    }
    if (before && !pending && /^(?:\*{1,3}|[†‡]|\([\da-z]\))$/.test(segment.text) && isCell(before.text)) {
      if (segment.x0 - before.x1 < farthestPercent * segment.size) {
        before.text += segment.text;
        continue;
      }
    }
    const figureLike = isFigure(segment.text) || isPlaceholder(segment.text) || /^[(\d.]/.test(segment.text);
    if (pending && figureLike && segment.x0 - pending.x1 < farthestSign * segment.size) {
      joined.push({ ...segment, text: `${pending.text}${segment.text}`, left: pending.x0 });
    } else {
      if (pending) joined.push(pending);
      joined.push({ ...segment, left: segment.x0 });
    }
    pending = undefined;
  }
  if (pending) joined.push(pending);
  return joined;
}

function isCell(text: string): boolean {
  return isFigure(text) || isPlaceholder(text);
}

function closes(segment: Segment, before: Segment): boolean {
  if (!/^(?:\)|%|\)\s?%)(?:\s?\(\d{1,2}\))?$/.test(segment.text) || !/[\d—–-]\)?$/.test(before.text))
    return false;
  return segment.x0 - before.x1 < farthestPercent * segment.size;
}

/** The currency sign of the next column at the end of a text. */
function splitSign(segment: Segment): Segment[] {
  const { text, x0, x1 } = segment;
  if (!/\S [$€£]$/.test(text)) return [segment];
  const width = (x1 - x0) / text.length;
  return [
    { ...segment, text: text.slice(0, -2), x1: x1 - 2 * width },
    { ...segment, text: text.slice(-1), x0: x1 - width },
  ];
}

/** One way of writing a figure: no space beside signs and brackets. */
export function tidyFigure(text: string): string {
  if (!isFigure(text) && !isPlaceholder(text)) return text;
  return text.replace(/([$€£¥(]) /g, '$1').replace(/ (?=[%)])/g, '');
}

/** Figures of neighbouring columns that were taken for one text because little space is between them. */
function splitFigures(segment: Segment): Segment[] {
  const { text, x0, x1 } = segment;
  if (text.length > 200 || !/[\d—] /.test(text)) return [segment];
  const cells = text.split(/ (?=[$€£(\d—-])/).reduce<string[]>((parts, part) => {
    const last = parts.at(-1);
    // `$ 5`, `( 5` and thin spaces between thousands belong together.
    if (last !== undefined && (/^[$€£(]+$/.test(last) || /^[$€£]?\s?\($/.test(last))) {
      parts[parts.length - 1] = `${last} ${part}`;
    } else parts.push(part);
    return parts;
  }, []);
  if (cells.length < 2 || !cells.every((cell) => isFigure(cell) || isPlaceholder(cell) || isYear(cell)))
    return [segment];
  // `5 (2)` is a figure with a footnote mark, and `1 234` may be one figure.
  if (isFigure(text)) return [segment];
  const width = (x1 - x0) / text.length;
  let at = 0;
  return cells.map((cell) => {
    const start = text.indexOf(cell, at);
    at = start + cell.length;
    return { ...segment, text: cell, x0: x0 + start * width, x1: x0 + at * width };
  });
}
