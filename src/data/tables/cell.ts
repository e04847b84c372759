/**
 * Cells of financial tables: brackets for negatives, dashes for nothing, currency signs, per cent, footnote marks.
 * @module
 */

/** What a cell holds. */
export type Cell =
  | { type: 'empty' }
  /** A dash or `nil`: the report says that there is nothing. */
  | { type: 'dash' }
  | { type: 'number'; value: number; percent: boolean; currency?: string }
  | { type: 'text'; text: string };

const currencyWords: Record<string, string> = { $: 'dollars', '€': 'euros', '£': 'pounds' };
const dash = /^[$€£]?\s*(?:[-−–—―]+|nil|n\/a)\s*%?$/i;
const footnotes = /(?:\s*\((?:\d{1,2}|[a-z])\)|\s*\*+)+$/i;
const figure =
  /^(?:\+\s*)?(?<outer>[-−–]?)\s*(?<currency>[$€£]?)\s*(?<bracket>\(?)\s*(?<inner>[-−–]?)\s*[$€£]?\s*(?<digits>\d{1,3}(?:,\d{3})+|\d+)?(?<decimals>\.\d+)?\s*(?<percent>%?)\s*(?<close>\)?)\s*(?<late>%?)$/;

/** Removes doubled and unusual white space. */
function tidy(text: string): string {
  return text.replace(/[\s\u00a0]+/g, ' ').trim();
}

/** Reads one cell. */
export function readCell(raw: string): Cell {
  const text = tidy(raw);
  if (text === '') return { type: 'empty' };
  if (dash.test(text)) return { type: 'dash' };
  // A bracketed figure may itself look like a footnote mark, so the whole cell is tried first.
  return readFigure(text) ?? readFigure(text.replace(footnotes, '')) ?? { type: 'text', text };
}

function readFigure(text: string): Cell | undefined {
  const parts = figure.exec(text)?.groups;
  if (!parts || (!parts.digits && !parts.decimals)) return undefined;
  if ((parts.bracket === '') !== (parts.close === '')) return undefined;
  const size = Number(`${(parts.digits ?? '0').replaceAll(',', '')}${parts.decimals ?? ''}`);
  const negative = Boolean(parts.outer || parts.inner || parts.bracket);
  return {
    type: 'number',
    value: negative && size !== 0 ? -size : size,
    percent: Boolean(parts.percent || parts.late),
    ...(parts.currency ? { currency: currencyWords[parts.currency] } : {}),
  };
}

/** Joins what extraction has split off into cells of their own: `$` goes to the right, `)` and `%` to the left. */
export function joinSplitCells(row: readonly string[]): string[] {
  const cells = row.map(tidy);
  cells.forEach((cell, index) => {
    if (
      index > 0 &&
      /^[$€£]$/.test(cell) &&
      index + 1 < cells.length &&
      /^[(\d.,-]/.test(cells[index + 1]!)
    ) {
      cells[index + 1] = `${cell}${cells[index + 1]}`;
      cells[index] = '';
    } else if (index > 1 && /^(?:\)|%|\)\s*%)$/.test(cell) && cells[index - 1] !== '') {
      cells[index - 1] = `${cells[index - 1]}${cell}`;
      cells[index] = '';
    }
  });
  return cells;
}

/** A label without footnote marks, references to notes and the colon of a heading. */
export function cleanLabel(raw: string): string {
  return tidy(raw)
    .replace(/\s*\((?:see )?notes? [\d.,\s&and()a-z]*\)/gi, '')
    .replace(/(?:\s*\(\d{1,2}\)|\s*\*+)+/g, '')
    .replace(/(\p{Ll}{3})\d$/u, '$1')
    .replace(/[\s:.,;]+$/, '')
    .replaceAll('|', '/')
    .trim();
}
