/**
 * Warning signs, read off a table alone.
 * @module
 */
import { expect } from 'vitest';
import { columnsOfYear, type ReadTable } from './prompt-text.fixture.js';
import { sized } from './ratio-value.fixture.js';
import { statementFigure } from './statement-words.fixture.js';

const levels: Record<string, (line: (key: string) => number) => boolean> = {
  'net loss': (line) => line('netIncome') < 0,
  'operating loss': (line) => line('operatingIncome') < 0,
  'loss before tax': (line) => line('pretax') < 0,
  'negative operating cash flow': (line) => line('operatingCashFlow') < 0,
  'negative free cash flow': (line) => line('freeCashFlow') < 0,
  'current ratio below 1': (line) => line('currentAssets') < line('currentLiabilities'),
  'negative equity': (line) => line('equity') < 0,
};
const measures: Record<string, [(line: (key: string) => number) => number, 'rising' | 'falling']> = {
  'falling revenue': [(line) => line('revenue'), 'falling'],
  'falling gross margin': [(line) => line('gross') / line('revenue'), 'falling'],
  'falling operating margin': [(line) => line('operatingIncome') / line('revenue'), 'falling'],
  'falling net income': [(line) => line('netIncome'), 'falling'],
  'falling cash': [(line) => line('cash'), 'falling'],
  'falling equity': [(line) => line('equity'), 'falling'],
  'rising debt': [(line) => line('totalDebt'), 'rising'],
  'rising share of debt': [(line) => line('totalDebt') / line('totalAssets'), 'rising'],
  'rising share of liabilities': [(line) => line('totalLiabilities') / line('totalAssets'), 'rising'],
};

/** Whether a table shows a warning sign in a year. */
export function hasSign(table: ReadTable, sign: string, year: string): boolean {
  const at = (column: number) => (key: string) => {
    const value = statementFigure(table, key, column);
    expect(value, `${key} for ${sign}`).toBeDefined();
    return value!;
  };
  const [column] = columnsOfYear(table, year);
  if (levels[sign]) return levels[sign](at(column!));
  const earlier = Array.from({ length: 5 }, (_, back) =>
    columnsOfYear(table, String(Number(year) - 1 - back)),
  ).find((columns) => columns.length > 0)!;
  const allowance = sign === 'rising valuation allowance' ? /valuation allowance$/i : /allowance for/i;
  const row = table.rows.find(({ name }) => allowance.test(name));
  const [measure, way] = measures[sign] ?? [undefined, 'rising'];
  const [then, now] = [earlier[0]!, column!].map((one) =>
    measure ? measure(at(one)) : Math.abs(sized(row!, one)),
  ) as [number, number];
  return way === 'rising' ? now > then : now < then;
}
