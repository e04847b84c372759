import { describe, expect, it } from 'vitest';
import { type Row, table } from './hand-made-table.fixture.js';
import { isLineItem, type LineItem, lineItemRow, namesOnlyLoss, plainLabel } from './line-items.js';
import { viewTable } from './table-view.js';

describe('labels of line items', () => {
  it.each<[LineItem, string, string?]>([
    ['revenue', 'Total Revenues'],
    ['revenue', 'Net sales'],
    ['revenue', 'Total net sales'],
    ['revenue', 'Revenue (1)'],
    ['revenue', 'Total', 'Net sales'],
    ['revenue', 'Consolidated net revenues'],
    ['costOfSales', 'Cost of sales'],
    ['costOfSales', 'Total cost of revenue', 'Cost of revenue'],
    ['grossProfit', 'Gross margin'],
    ['operatingIncome', 'Operating income (loss)'],
    ['operatingIncome', 'Income from operations'],
    ['operatingIncome', 'Income (loss) from operations'],
    ['operatingIncome', 'Loss from operations'],
    ['netIncome', 'Net loss'],
    ['incomeBeforeTax', '(Loss)/profit before taxation'],
    ['incomeBeforeTax', 'Income from continuing operations before income taxes'],
    ['incomeTax', 'Provision for income taxes'],
    ['incomeTax', 'Income tax'],
    ['netIncome', 'Net (loss) income'],
    ['netIncome', 'Profit for the year'],
    ['currentAssets', 'Total current assets', 'Assets'],
    ['totalAssets', 'Total Assets'],
    ['equity', 'Total stockholders’ equity'],
    ['equity', 'Stockholders’ equity'],
    ['sellingAndAdministration', 'Selling, general & administrative expenses'],
    ['researchAndDevelopment', 'Research and development'],
    ['operatingCashFlow', 'Net cash provided by (used in) operating activities'],
    ['dilutedEarningsPerShare', 'Earnings per share—diluted'],
  ])('%s is recognised in %j', (item, label, section) => {
    expect(isLineItem(item, label, section)).toBe(true);
  });

  it.each<[LineItem, string, string?]>([
    ['revenue', 'Cost of sales'],
    ['revenue', 'Sales and marketing'],
    ['revenue', 'Net sales by region'],
    ['revenue', 'Net sales in Europe'],
    ['revenue', 'Other revenue'],
    ['revenue', 'Deferred revenue'],
    ['revenue', 'Sales per square metre'],
    ['revenue', 'Percentage of total net revenues'],
    ['revenue', 'Revenue', 'Stock-based compensation'],
    ['revenue', 'Total', 'Cost of revenue'],
    ['costOfSales', 'Sales'],
    ['costOfSales', 'Cost of revenues', 'Stock-based compensation expense'],
    ['costOfSales', 'Cost of equity'],
    ['grossProfit', 'Adjusted gross margin'],
    ['grossProfit', 'Gross margin (%)'],
    ['grossProfit', 'Gross deferred tax assets'],
    ['operatingIncome', 'Non-GAAP operating income'],
    ['operatingIncome', 'Adjusted operating income (non-GAAP)'],
    ['operatingIncome', 'Other operating income'],
    ['operatingIncome', 'Operating income', 'Pro forma'],
    ['incomeTax', 'Income before tax'],
    ['incomeTax', 'Income tax benefit'],
    ['incomeTax', 'Deferred income tax'],
    ['incomeTax', 'Income tax receivable'],
    ['incomeBeforeTax', 'Income tax'],
    ['incomeBeforeTax', 'Earnings before interest and taxes'],
    ['netIncome', 'Net income per share'],
    ['netIncome', 'Net income', 'Per common share data'],
    ['netIncome', 'Non-GAAP net income'],
    ['netIncome', 'Net income adjusted for non-cash items'],
    ['totalAssets', 'Total current assets'],
    ['totalAssets', 'Total deferred tax assets'],
    ['totalAssets', 'Total', 'Assets'],
    ['currentAssets', 'Total assets'],
    ['currentAssets', 'Other current assets'],
    ['currentAssets', 'Total', 'Other current assets'],
    ['currentAssets', 'Total non-current assets'],
    ['currentLiabilities', 'Other current liabilities'],
    ['totalLiabilities', 'Total liabilities and equity'],
    ['equity', 'Total liabilities and stockholders’ equity'],
    ['equity', 'Equity method investments'],
    ['inventories', 'Inventory', 'Deferred tax assets'],
    ['inventories', 'Inventory reserves'],
    ['cash', 'Cash dividends'],
    ['cash', 'Cash, restricted cash and short-term marketable securities'],
    ['interestExpense', 'Interest income'],
    ['interestExpense', 'Long-term debt and interest expense'],
    ['totalDebt', 'Net debt to EBITDA'],
    ['ebitda', 'Adjusted EBITDA'],
  ])('%s is not recognised in %j', (item, label, section) => {
    expect(isLineItem(item, label, section)).toBe(false);
  });

  it('are read without footnotes and typographic signs, quickly however long', () => {
    expect(plainLabel('Operating margin3')).toBe('operating margin');
    expect(plainLabel(' Shareholders’  Equity (2) * ')).toBe("shareholders' equity");
    for (const part of ['*', ' ', '(1)', 'loss ', 'total ', 'net income (loss) ', '-']) {
      const long = part.repeat(100_000 / part.length);
      expect(isLineItem('netIncome', long, long)).toBe(false);
      namesOnlyLoss(long);
    }
  });

  it('that speak of losses only are known', () => {
    expect(['Net loss', 'Loss from operations', 'Loss before income taxes'].every(namesOnlyLoss)).toBe(true);
    expect(['Net income (loss)', '(Loss)/profit before taxation', 'Income tax'].some(namesOnlyLoss)).toBe(
      false,
    );
  });

  it('that two rows carry mean neither, unless one is the total or they are equal', () => {
    const row = (rows: Row[]) => lineItemRow(viewTable(table(rows)), 'revenue');
    expect(
      row([
        ['Sales', 5, 6],
        ['Revenue', 7, 8],
      ]),
    ).toBeUndefined();
    expect(
      row([
        ['Sales', 5, 6],
        ['Total sales', 7, 8],
      ]),
    ).toBe(1);
    expect(
      row([
        ['Total revenues', 5, 6],
        ['Total sales', 5, 6],
      ]),
    ).toBe(0);
  });
});
