/**
 * Headings: which paragraphs are headings, and of which level.
 * @module
 */
import type { Paragraph } from './paragraphs.js';

/** What a heading looks like; headings that look alike have one level. */
export interface HeadingStyle {
  /** In half points, so that rounding in the file makes no new style. */
  size: number;
  caps: boolean;
  bold: boolean;
  italic: boolean;
}

/** A heading before its level is known. */
export interface FoundHeading {
  style: HeadingStyle;
  /** Level that the text itself tells: `PART II`, `Item 1A.`, `2.3 Method`, or the document's outline. */
  own?: { kind: 'part' | 'item' | 'outline'; level: number };
}

const longestHeading = 300;
const mostLines = 4;
const part = /^PART\s+(?:[IVX]{1,4}|\d{1,2})\b/i;
const item = /^ITEM\s+\d{1,2}(?:[A-C]|\.\d\d)?\b\.?/i;
/** `Item 5.02. Departure of Directors` is a heading without any emphasis too. */
const plainItem = /^ITEM\s+\d{1,2}(?:[A-C]|\.\d\d)?\.\s+\p{Lu}[^.;]{0,110}$/iu;
const numbered = /^(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+\p{Lu}/u;

/** Titles of the outline with their depth from 1, by their letters and digits. */
export type Outline = ReadonlyMap<string, number>;

/** Letters and digits of a text in lower case, to compare titles. */
export function titleKey(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Whether a paragraph is a heading.
 *
 * @param text the paragraph's lines joined
 * @param body height of the document's running text
 */
export function findHeading(
  { lines, marker }: Paragraph,
  text: string,
  body: number,
  outline: Outline,
): FoundHeading | undefined {
  const first = lines[0]!;
  if (lines.length > mostLines || text.length > longestHeading || !/\p{L}{2}/u.test(text)) return undefined;
  const bold = lines.every((line) => line.bold);
  const italic = lines.every((line) => line.italic);
  const letters = text.replace(/[^\p{L}]/gu, '');
  const small = letters.replace(/[^\p{Ll}]/gu, '').length;
  const caps = letters.length >= 4 && small <= 0.08 * letters.length;
  const style = { size: Math.round(first.size * 2), caps, bold, italic };
  const depth = outline.get(titleKey(text));
  if (depth !== undefined) return { style, own: { kind: 'outline', level: depth } };
  const strong = bold || caps || first.size > 1.12 * body;
  if (part.test(text) && strong && text.length < 60) return { style, own: { kind: 'part', level: 1 } };
  if ((item.test(text) && strong) || plainItem.test(text)) return { style, own: { kind: 'item', level: 2 } };

  const words = text.split(' ').length;
  if (marker && /^[•◦▪▫‣●○■□◆➢►✓✔☐☒∙·–—-]$/.test(marker)) return undefined;
  // Remarks in brackets and labels of forms are no headings.
  if (/^[(*].*[)*]$/.test(text) || /[,;]$/.test(text) || /@|https?:|www\./.test(text)) return undefined;
  if (first.size > 1.12 * body && words <= 30 && !/[\p{Ll}]\.$/u.test(text)) return { style };
  if (bold && first.size > 0.65 * body && words <= 45 && (words > 3 || !/:$/.test(text))) return { style };
  if (first.size < 0.85 * body) return undefined;
  if (caps && words <= 16 && words + letters.length > 8 && !/\.$/.test(text)) return { style };
  if (italic && words <= 9 && /^\p{Lu}/u.test(text) && !/[.:?!”"]$/.test(text)) return { style };
  return undefined;
}

/** Levels of headings in the order of the document: parts and items first, then by size, capitals, weight and slant. */
export function headingLevels(headings: readonly (FoundHeading & { text: string })[]): number[] {
  const key = ({ style }: FoundHeading): string =>
    [style.size, style.caps, style.bold, style.italic].join(' ');
  const rank = ({ size, caps, bold, italic }: HeadingStyle): number =>
    size * 8 + (bold ? 4 : 0) + (caps ? 2 : 0) - (italic ? 1 : 0);
  const styles = new Map<string, HeadingStyle>();
  for (const heading of headings) if (!heading.own) styles.set(key(heading), heading.style);
  const ordered = [...styles].sort(([, a], [, b]) => rank(b) - rank(a)).map(([name]) => name);
  const itemRank = Math.max(
    0,
    ...headings.filter(({ own }) => own?.kind === 'item').map(({ style }) => rank(style)),
  );
  const deepest = Math.max(0, ...headings.map(({ own }) => (own && own.kind !== 'outline' ? own.level : 0)));
  const above = ordered.filter((name) => rank(styles.get(name)!) > itemRank + 8).length;
  return headings.map((heading) => {
    const { own, text } = heading;
    if (own) return Math.min(6, own.level);
    const index = ordered.indexOf(key(heading));
    const place = deepest === 0 ? index + 1 : index < above ? 1 : deepest + 1 + index - above;
    const dots = numbered.exec(text)?.[1]?.split('.').length;
    return Math.min(6, dots && dots > 1 ? Math.max(place, dots) : place);
  });
}
