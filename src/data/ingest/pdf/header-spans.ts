/**
 * Which columns the header cells of one level span.
 * @module
 */
import type { Rule } from './layout.js';
import type { Column } from './table-columns.js';

/** Indexes of the first and the last column, both included. */
export interface Span {
  from: number;
  to: number;
}

/** A header cell with its place; `bottom` is the baseline of its last line. */
interface Placed extends Column {
  bottom: number;
  size: number;
}

/** The cost of a wide span and of a column without a header, in font heights; found by trying on filings. */
const wideCost = 0.5;
const bareCost = 0.8;
/** A cell that is alone above named columns mostly spans all of them. */
const bareCostAlone = 1.5;
const wrongRule = 50;

/**
 * Columns that each header cell of a level spans: a ruling line below the cell says it; otherwise the cells are laid
 * over the columns so that their middles agree best (dynamic programming over cells and columns).
 *
 * @param parts cells from left to right
 * @param columns columns of figures
 * @param label the column of labels
 * @param above whether the columns have names of their own below
 */
export function headerSpans(
  parts: readonly Placed[],
  columns: readonly Column[],
  label: Column,
  rules: readonly Rule[],
  above: boolean,
): Span[] {
  if (parts.length === 0) return [];
  const ruled = parts.map((part) => ruledSpan(part, parts, columns, label, rules));
  const count = columns.length;
  const bare = above && parts.length === 1 ? bareCostAlone : bareCost;
  // best[k][c]: least cost of laying the first k cells over the first c columns.
  const best = parts.map(() => Array.from({ length: count + 1 }, () => Number.POSITIVE_INFINITY));
  best.unshift(Array.from({ length: count + 1 }, (_, c) => c * bare));
  const choice = best.map((row) => row.map((): Span | undefined => undefined));
  parts.forEach((part, index) => {
    const k = index + 1;
    for (let c = 1; c <= count; c++) {
      best[k]![c] = best[k]![c - 1]! + bare;
      for (let from = 0; from < c; from++) {
        const span = { from, to: c - 1 };
        const cost = best[k - 1]![from]! + spanCost(part, span, columns, ruled[index]);
        if (cost < best[k]![c]!) {
          best[k]![c] = cost;
          choice[k]![c] = span;
        }
      }
    }
  });
  const spans: Span[] = [];
  let c = count;
  for (let k = parts.length; k > 0; k--) {
    while (c > 0 && !choice[k]![c]) c--;
    const span = choice[k]![c] ?? nearest(parts[k - 1]!, columns);
    spans.unshift(span);
    c = span.from;
  }
  return spans;
}

/** Where there are more cells than columns, a cell falls to the column that it stands nearest to. */
function nearest({ x0, x1 }: Placed, columns: readonly Column[]): Span {
  const distance = (column: Column): number => Math.abs(column.x0 + column.x1 - x0 - x1);
  let at = 0;
  columns.forEach((column, index) => {
    if (distance(column) < distance(columns[at]!)) at = index;
  });
  return { from: at, to: at };
}

function spanCost(
  part: Placed,
  { from, to }: Span,
  columns: readonly Column[],
  ruled: Span | undefined,
): number {
  if (ruled) {
    return ruled.from === from && ruled.to === to
      ? 0
      : wrongRule + Math.abs(ruled.from - from) + Math.abs(ruled.to - to);
  }
  const x0 = columns[from]!.x0;
  const x1 = columns[to]!.x1;
  const middles = Math.abs(x0 + x1 - part.x0 - part.x1) / 2 / part.size;
  if (from < to) return middles + wideCost;
  // A header stands over its column at the left, at the right or in the middle.
  const edges = Math.min(Math.abs(x0 - part.x0), Math.abs(x1 - part.x1)) / part.size;
  const over = part.x0 < x1 && part.x1 > x0;
  return over ? Math.min(middles, edges) : Math.max(middles, edges) + 1;
}

function ruledSpan(
  part: Placed,
  parts: readonly Placed[],
  columns: readonly Column[],
  label: Column,
  rules: readonly Rule[],
): Span | undefined {
  const below = rules
    .filter(
      ({ x0, x1, y0, y1 }) =>
        y0 === y1 &&
        y0 > part.bottom - 0.1 * part.size &&
        y0 < part.bottom + 1.2 * part.size &&
        x0 < part.x0 + part.size &&
        x1 > part.x1 - part.size,
    )
    .sort((a, b) => a.y0 - b.y0)[0];
  // A line under several cells says nothing of each.
  if (!below || parts.some((other) => other !== part && other.x0 < below.x1 && other.x1 > below.x0))
    return undefined;
  const inside = columns
    .map((_column, index) => index)
    .filter((index) => {
      const { x0, x1 } = columns[index]!;
      return Math.min(x1, below.x1) - Math.max(x0, below.x0) > 0.5 * (x1 - x0);
    });
  const from = inside[0];
  const to = inside.at(-1);
  if (from === undefined || to === undefined) return undefined;
  // Nor does one that runs under the labels and all columns.
  const whole = below.x0 < (label.x0 + label.x1) / 2 && to === columns.length - 1;
  return whole ? undefined : { from, to };
}
