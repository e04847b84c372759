/**
 * Page furniture: running headers and footers and page numbers, which stand at the edge of many pages.
 * @module
 */
import type { Line } from './layout.js';

const edgeLines = 3;
const fewestPages = 3;
/** A header of a chapter stands on so many pages, or on half of a shorter document. */
const chapterPages = 6;
const densest = 0.4;

interface Edge {
  page: number;
  line: Line;
  side: 'header' | 'footer';
}

/** What is left out of each page, by index of the page, and one warning for each text that repeats. */
export function findFurniture(pages: readonly (readonly Line[])[]): {
  lines: Set<Line>[];
  warnings: string[];
} {
  const edges = pages.flatMap((lines, page) => edgesOf(lines, page));
  const marked = new Map<Line, string>();
  for (const group of groupBy(edges, ({ line, side }) => `${side} ${keyOf(line.text)}`)) {
    const repeated = repeats(group, pages.length);
    for (const { line, side } of repeated) marked.set(line, `${side} ${keyOf(line.text)}`);
  }
  for (const { line } of numbered(edges)) if (!marked.has(line)) marked.set(line, 'number');

  // Only what stands at the very edge: furniture has no text of the page outside it.
  const lines = pages.map((page) => {
    const left = new Set<Line>();
    for (const line of page) {
      if (!marked.has(line)) break;
      left.add(line);
    }
    for (const line of [...page].reverse()) {
      if (!marked.has(line)) break;
      left.add(line);
    }
    return left;
  });
  return { lines, warnings: describe(lines, marked) };
}

function describe(lines: readonly Set<Line>[], marked: ReadonlyMap<Line, string>): string[] {
  const left = lines.flatMap((set) => [...set]).map((line) => ({ line, key: marked.get(line)! }));
  return groupBy(left, ({ key }) => key).map((group) => {
    const { line, key } = group[0]!;
    const pages = `${group.length} ${group.length === 1 ? 'page' : 'pages'}`;
    if (key === 'number') return `page number left out on ${pages}`;
    return `running ${key.split(' ')[0]} left out on ${pages}: "${line.text.slice(0, 80)}"`;
  });
}

function edgesOf(lines: readonly Line[], page: number): Edge[] {
  const count = Math.min(edgeLines, Math.ceil(lines.length / 2));
  return [
    ...lines.slice(0, count).map((line): Edge => ({ page, line, side: 'header' })),
    ...lines.slice(lines.length - count).map((line): Edge => ({ page, line, side: 'footer' })),
  ];
}

/** Texts that differ in their numbers only have one key. */
function keyOf(text: string): string {
  return text.slice(0, 300).replace(/\d+/g, '#').toLowerCase();
}

function repeats(group: readonly Edge[], pageCount: number): Edge[] {
  if (/^#?$/.test(keyOf(group[0]!.line.text).trim())) return [];
  const same = groupBy(group, ({ line }) => line.text).filter((edges) => isRunning(edges, pageCount));
  const constant = new Set(same.flat());
  // Numbers may change, but only as page numbers do.
  const counted = group.filter((edge) => !constant.has(edge) && counts(edge, group));
  return [...constant, ...(isRunning(counted, pageCount) || constant.size > 0 ? counted : [])];
}

function isRunning(edges: readonly Edge[], pageCount: number): boolean {
  const pages = edges.map(({ page }) => page);
  const range = Math.max(...pages) - Math.min(...pages) + 1;
  return (
    edges.length >= fewestPages &&
    edges.length >= densest * range &&
    edges.length >= Math.min(chapterPages, 0.5 * pageCount)
  );
}

/** Whether another page has the same text with its last or first number moved on by as many as there are pages between. */
function counts(edge: Edge, group: readonly Edge[]): boolean {
  const numbers = numbersOf(edge.line.text);
  return group.some((other) => {
    const distance = other.page - edge.page;
    if (distance === 0 || Math.abs(distance) > 4) return false;
    const others = numbersOf(other.line.text);
    const changed = numbers.filter((number, index) => number !== others[index]).length;
    return (
      changed === 1 &&
      numbers.some((number, index) => number !== others[index] && others[index]! - number === distance)
    );
  });
}

function numbersOf(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

const pageNumber =
  /^(?:page\s)?[-–—|\s]*(?:([A-Z]{1,2})-)?(\d{1,4}|[ivxl]{1,7})[-–—|\s]*(?:(?:of|\/)\s?\d{1,4})?$/i;

/** Lines that hold nothing but a number that counts with the pages near by. */
function numbered(edges: readonly Edge[]): Edge[] {
  const found = edges.flatMap((edge) => {
    const parts = edge.line.text.length < 30 ? pageNumber.exec(edge.line.text.trim()) : null;
    if (!parts) return [];
    const value = /\d/.test(parts[2]!) ? Number(parts[2]) : romanValue(parts[2]!);
    return [{ edge, value, kind: `${parts[1] ?? ''}${/\d/.test(parts[2]!) ? '1' : 'i'}` }];
  });
  return found
    .filter((one) =>
      found.some((other) => {
        const distance = other.edge.page - one.edge.page;
        return (
          distance !== 0 &&
          Math.abs(distance) <= 4 &&
          other.kind === one.kind &&
          other.value - one.value === distance
        );
      }),
    )
    .map(({ edge }) => edge);
}

function romanValue(text: string): number {
  const values: Record<string, number> = { i: 1, v: 5, x: 10, l: 50 };
  const digits = [...text.toLowerCase()].map((letter) => values[letter]!);
  return digits.reduce((sum, value, index) => sum + (value < (digits[index + 1] ?? 0) ? -value : value), 0);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
