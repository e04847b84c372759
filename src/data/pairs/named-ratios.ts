/**
 * The names of ratios and what they are made of.
 * @module
 */
import type { LineItem } from './line-items.js';

/** A named ratio of two line items. */
export interface Ratio {
  name: string;
  over: LineItem;
  under: LineItem;
  percent: boolean;
  /** Taken from the numerator, for example inventories in the quick ratio. */
  less?: LineItem;
  /** The numerator must be positive too: a tax rate of a loss or a cover by a loss says nothing. */
  positive?: boolean;
  /** No more than the denominator: more would mean that other figures were found than the rule looks for. */
  within?: boolean;
}

/** The ratios by which analysts read a statement. */
export const ratios: readonly Ratio[] = [
  { name: 'the gross margin', over: 'grossProfit', under: 'revenue', percent: true, within: true },
  { name: 'the operating margin', over: 'operatingIncome', under: 'revenue', percent: true, within: true },
  { name: 'the EBIT margin', over: 'ebit', under: 'revenue', percent: true, within: true },
  { name: 'the EBITDA margin', over: 'ebitda', under: 'revenue', percent: true, within: true },
  { name: 'the pre-tax margin', over: 'incomeBeforeTax', under: 'revenue', percent: true, within: true },
  { name: 'the net margin', over: 'netIncome', under: 'revenue', percent: true },
  { name: 'the free cash flow margin', over: 'freeCashFlow', under: 'revenue', percent: true, within: true },
  {
    name: 'the operating cash flow margin',
    over: 'operatingCashFlow',
    under: 'revenue',
    percent: true,
    within: true,
  },
  {
    name: 'the effective tax rate',
    over: 'incomeTax',
    under: 'incomeBeforeTax',
    percent: true,
    positive: true,
  },
  {
    name: 'the interest cover',
    over: 'operatingIncome',
    under: 'interestExpense',
    percent: false,
    positive: true,
  },
  {
    name: 'the current ratio',
    over: 'currentAssets',
    under: 'currentLiabilities',
    percent: false,
    positive: true,
  },
  {
    name: 'the quick ratio',
    over: 'currentAssets',
    less: 'inventories',
    under: 'currentLiabilities',
    percent: false,
    positive: true,
  },
  { name: 'the cash ratio', over: 'cash', under: 'currentLiabilities', percent: false, positive: true },
  { name: 'the debt to equity ratio', over: 'totalDebt', under: 'equity', percent: false, positive: true },
  {
    name: 'the ratio of total liabilities to equity',
    over: 'totalLiabilities',
    under: 'equity',
    percent: false,
    positive: true,
  },
  {
    name: 'the ratio of net debt to EBITDA',
    over: 'netDebt',
    under: 'ebitda',
    percent: false,
    positive: true,
  },
  {
    name: 'the debt to assets ratio',
    over: 'totalDebt',
    under: 'totalAssets',
    percent: true,
    positive: true,
  },
  {
    name: 'the liabilities to assets ratio',
    over: 'totalLiabilities',
    under: 'totalAssets',
    percent: true,
    positive: true,
  },
  {
    name: 'the equity ratio',
    over: 'equity',
    under: 'totalAssets',
    percent: true,
    positive: true,
    within: true,
  },
  { name: 'the asset turnover', over: 'revenue', under: 'totalAssets', percent: false, positive: true },
  { name: 'the return on assets', over: 'netIncome', under: 'totalAssets', percent: true },
  { name: 'the return on equity', over: 'netIncome', under: 'equity', percent: true },
  {
    name: 'the dividend payout ratio',
    over: 'dividendPerShare',
    under: 'dilutedEarningsPerShare',
    percent: true,
    positive: true,
  },
  {
    name: 'the cash conversion',
    over: 'operatingCashFlow',
    under: 'netIncome',
    percent: true,
    positive: true,
  },
  {
    name: 'audit fees as a percentage of total fees',
    over: 'auditFees',
    under: 'totalFees',
    percent: true,
    positive: true,
    within: true,
  },
  {
    name: 'non-audit fees as a percentage of audit fees',
    over: 'nonAuditFees',
    under: 'auditFees',
    percent: true,
    positive: true,
  },
];

/** What is set in proportion to revenue, by the name that questions give it. */
export const ofRevenue: Partial<Record<LineItem, string>> = {
  costOfSales: 'cost of sales',
  operatingExpenses: 'operating expenses',
  researchAndDevelopment: 'research and development expenses',
  sellingAndAdministration: 'selling, general and administrative expenses',
  generalAndAdministration: 'general and administrative expenses',
  salesAndMarketing: 'sales and marketing expenses',
  depreciation: 'depreciation and amortization',
  interestExpense: 'interest expense',
  capitalExpenditure: 'capital expenditure',
  workingCapital: 'working capital',
};

/** What is set in proportion to total assets. */
export const ofAssets: Partial<Record<LineItem, string>> = {
  cash: 'cash',
  receivables: 'receivables',
  inventories: 'inventories',
  currentAssets: 'current assets',
  property: 'property, plant and equipment',
  goodwill: 'goodwill',
  currentLiabilities: 'current liabilities',
  longTermDebt: 'long-term debt',
  retainedEarnings: 'retained earnings',
  workingCapital: 'working capital',
};
