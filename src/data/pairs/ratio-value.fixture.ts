/**
 * Ratios computed from the text of a prompt alone.
 * @module
 */
import { expect } from 'vitest';
import { numberIn, type ReadRow, type ReadTable, rowsNamed } from './prompt-text.fixture.js';
import { statementFigure } from './statement-words.fixture.js';

/** The figure of a row in a column. */
export const sized = (row: ReadRow, column: number): number => numberIn(row.figures[column])!;
/** Equal but for what binary fractions make of it. */
export const near = (a: number, b: number, slack = 1e-9): boolean =>
  Math.abs(a - b) <= slack * Math.max(1e-4, Math.abs(b));

/** By the ratio's name: what stands over and under the line, and whether the answer is a percentage. */
const ratios: Record<string, [over: string, under: string, percent: boolean]> = {
  'the operating margin': ['operatingIncome', 'revenue', true],
  'the EBIT margin': ['ebit', 'revenue', true],
  'the EBITDA margin': ['ebitda', 'revenue', true],
  'the pre-tax margin': ['pretax', 'revenue', true],
  'the net margin': ['netIncome', 'revenue', true],
  'the free cash flow margin': ['freeCashFlow', 'revenue', true],
  'the operating cash flow margin': ['operatingCashFlow', 'revenue', true],
  'the effective tax rate': ['tax', 'pretax', true],
  'the interest cover': ['operatingIncome', 'interestExpense', false],
  'the current ratio': ['currentAssets', 'currentLiabilities', false],
  'the cash ratio': ['cash', 'currentLiabilities', false],
  'the debt to equity ratio': ['totalDebt', 'equity', false],
  'the ratio of total liabilities to equity': ['totalLiabilities', 'equity', false],
  'the ratio of net debt to EBITDA': ['netDebt', 'ebitda', false],
  'the debt to assets ratio': ['totalDebt', 'totalAssets', true],
  'the liabilities to assets ratio': ['totalLiabilities', 'totalAssets', true],
  'the equity ratio': ['equity', 'totalAssets', true],
  'the asset turnover': ['revenue', 'totalAssets', false],
  'the return on assets': ['netIncome', 'totalAssets', true],
  'the return on equity': ['netIncome', 'equity', true],
  'the dividend payout ratio': ['dividend', 'dilutedEarnings', true],
  'the cash conversion': ['operatingCashFlow', 'netIncome', true],
  'audit fees as a percentage of total fees': ['auditFees', 'totalFees', true],
  'non-audit fees as a percentage of audit fees': ['nonAuditFees', 'auditFees', true],
};
const items: Record<string, string> = {
  'cost of sales': 'costOfSales',
  'operating expenses': 'operatingExpenses',
  'research and development expenses': 'research',
  'selling, general and administrative expenses': 'selling',
  'general and administrative expenses': 'administration',
  'sales and marketing expenses': 'marketing',
  'depreciation and amortization': 'depreciation',
  'interest expense': 'interestExpense',
  'working capital': 'workingCapital',
  cash: 'cash',
  receivables: 'receivables',
  inventories: 'inventories',
  'current assets': 'currentAssets',
  'property, plant and equipment': 'property',
  goodwill: 'goodwill',
  'current liabilities': 'currentLiabilities',
  'long-term debt': 'longTermDebt',
  'retained earnings': 'retained',
};

/**
 * The value of a ratio, computed from the prompt alone.
 *
 * @param complete false where the text tells only some rows of the table, so that what remains after a deduction may be missing
 */
export function ratioValue(
  table: ReadTable,
  name: string,
  column: number,
  complete = true,
): { value: number; percent: boolean } {
  const line = (key: string): number => statementFigure(table, key, column)!;
  if (name === 'the gross margin') {
    const [revenue, gross, cost] = ['revenue', 'gross', 'costOfSales'].map((key) =>
      statementFigure(table, key, column),
    );
    const profit = gross ?? revenue! - Math.abs(cost!);
    return { value: profit / (revenue ?? profit + Math.abs(cost!)), percent: true };
  }
  if (name === 'the quick ratio') {
    return {
      value: (line('currentAssets') - line('inventories')) / line('currentLiabilities'),
      percent: false,
    };
  }
  const known = ratios[name];
  if (known) {
    const [over, under, percent] = known;
    const top = /expense/i.test(over) ? Math.abs(line(over)) : line(over);
    return { value: top / Math.abs(line(under)), percent };
  }
  const [, part, whole] = /^(.+) as a percentage of (.+)$/.exec(name)!;
  const deduction = table.rows.findIndex(({ name: label }) =>
    part === 'the valuation allowance'
      ? /^(?:less:? )?valuation allowance$/i.test(label)
      : part === 'the allowance for credit losses'
        ? /allowance for/i.test(label)
        : part === 'the interest portion'
          ? /interest/i.test(label)
          : part === 'accumulated depreciation' && /^(?:less:? )?accumulated depreciation/i.test(label),
  );
  if (deduction >= 0) {
    const above = table.rows[deduction - 1]!;
    expect([
      above.name,
      'gross property and equipment',
      'gross deferred tax assets',
      'gross receivables',
    ]).toContain(whole);
    const taken = Math.abs(sized(table.rows[deduction]!, column));
    if (complete) {
      const below = sized(table.rows[deduction + 1]!, column) || 0;
      expect(near(sized(above, column) - taken, below, 1e-6)).toBe(true);
    } else if (above.name !== whole) expect(above.name).toMatch(/^(?:total|gross value)$/i);
    return { value: taken / sized(above, column), percent: true };
  }
  const base = line(whole === 'revenue' ? 'revenue' : 'totalAssets');
  const [row] = rowsNamed(table, part!);
  const top = items[part!] ? Math.abs(line(items[part!]!)) : sized(row!, column);
  return { value: top / base, percent: true };
}
