/**
 * What rows of a table did over the years, and what they are made of, read off the table alone.
 * @module
 */
import { expect } from 'vitest';
import { readAnswer } from '../answers.js';
import { columnsOfYear, numberIn, type ReadRow, type ReadTable, rowsNamed } from './prompt-text.fixture.js';
import { near, sized } from './ratio-value.fixture.js';

/** The course of figures, read off a word of steps. */
function courseWords(figures: number[]): string {
  const word = figures
    .slice(1)
    .map((after, index) => (after > figures[index]! ? 'u' : after < figures[index]! ? 'd' : 's'))
    .join('');
  if (/^s*$/.test(word)) return 'remained unchanged';
  if (/^u{2,}$/.test(word)) return 'rose steadily';
  if (/^d{2,}$/.test(word)) return 'fell steadily';
  if (!word.includes('d')) return 'rose';
  if (!word.includes('u')) return 'fell';
  if (/^[us]*d[ds]*$/.test(word)) return 'rose, fell';
  if (/^[ds]*u[us]*$/.test(word)) return 'fell, rose';
  return 'went up and down';
}

/** Checks a sentence on a row against the table, word by word. */
export function checkDevelopment(
  table: ReadTable,
  sentence: string,
  name: string,
  from: string,
  to: string,
): void {
  const [row] = rowsNamed(table, name);
  const years: [string, number][] = [];
  for (let year = Number(from); year <= Number(to); year++) {
    const [column] = columnsOfYear(table, String(year));
    if (column !== undefined) years.push([String(year), column]);
  }
  const texts = years.map(([, column]) => row!.figures[column]!);
  const figures = texts.map((text) => numberIn(text)!);
  const [first, last] = [texts[0]!, texts.at(-1)!];
  const course = courseWords(figures);
  const subject = [`${name} `, `For ${name}, the figure `].find((start) => sentence.startsWith(start))!;
  // Labels such as `At 31 December` and `Less: discounts` do not rise or fall.
  expect(sentence).not.toMatch(/^(?:less|at|of which|up to|therein|outstanding (?:at|as))\b/i);
  const rest = sentence.slice(subject.length);
  if (course === 'remained unchanged') {
    expect(rest).toBe(`remained unchanged at ${first} from ${from} to ${to}`);
    return;
  }
  const change = rest.indexOf(', a change of ');
  const said = rest.slice(0, change);
  const turned = /^(rose|fell), (rose|fell)$/.exec(course);
  if (turned) {
    const turn = turned[1] === 'rose' ? Math.max(...figures) : Math.min(...figures);
    const at = figures.indexOf(turn);
    expect(said).toBe(
      `first ${turned[1]} from ${first} in ${from} to ${texts[at]} in ${years[at]![0]}, then ${turned[2]} to ${last} in ${to}`,
    );
  } else expect(said).toBe(`${course} from ${first} in ${from} to ${last} in ${to}`);
  const [, expression, unit] = /^, a change of \[(.+)\]( percentage points)?$/.exec(rest.slice(change))!;
  const points = first.includes('%');
  const [before, after] = [figures[0]!, figures.at(-1)!];
  const relative = !points && before > 0 && after > 0;
  const { value, percent } = readAnswer(expression!).number!;
  expect([percent, unit !== undefined]).toEqual([relative, points]);
  expect(near(value, relative ? (after - before) / before : after - before), expression).toBe(true);
}

/** The block of rows right above a total that adds up to it in a column, whatever its length. */
export function partsAbove(table: ReadTable, total: ReadRow, column: number): ReadRow[] | undefined {
  const end = table.rows.indexOf(total);
  for (let start = end - 2; start >= 0; start--) {
    const block = table.rows.slice(start, end);
    const sum = block.reduce((all, row) => all + (numberIn(row.figures[column]) ?? 0), 0);
    const decimals = Math.max(
      ...[...block, total].map((row) => row.figures[column]!.split('.')[1]?.length ?? 0),
    );
    if (Math.abs(sum - sized(total, column)) <= 1.02 * 10 ** -decimals) return block;
  }
  return undefined;
}

/** Revenue, total assets, or the row that no other sum contains. */
export function isMainRow(table: ReadTable, row: ReadRow, column: number): boolean {
  const label = row.name === 'Total' ? `total ${row.section}` : row.name;
  if (/revenue|sales|turnover|^total assets$/i.test(label)) return true;
  const above = partsAbove(table, row, column);
  const later = table.rows
    .slice(table.rows.indexOf(row) + 1)
    .some((other) => numberIn(other.figures[column]) && partsAbove(table, other, column)?.includes(row));
  return above !== undefined && !later;
}
