/**
 * Ratios that analysts take from a statement, and the rows that they need.
 * @module
 */
import { isPositiveAmount, type TableView } from '../table-view.js';

/** What a ratio says about a company. */
export type RatioTopic = 'profitability' | 'liquidity' | 'leverage' | 'costs' | 'return' | 'tax';

/** A ratio of two rows of a table. */
export interface FinancialRatio {
  /** Within a sentence, with its article. */
  name: string;
  topic: RatioTopic;
  percent: boolean;
  above: number;
  below: number;
}

const owners = `(?:(?:stock|share)holders[’']? |owners[’']? |shareholders |stockholders )?`;
/** Labels of the rows, whole; of several that fit, one that begins with `total` is meant. */
const labels = {
  revenue: /^(?:total |consolidated |net |operating )*(?:revenues?|sales|turnover)(?:, net)?$/i,
  cost: /^(?:total )?costs? of (?:net )?(?:revenues?|sales|goods sold|products sold)$/i,
  gross: /^(?:total )?gross (?:profit|margin)$/i,
  operating:
    /^(?:total )?(?:operating (?:income|profit|earnings)|(?:income|profit|earnings) from operations)(?: \(loss\))?$/i,
  net: /^(?:net (?:income|earnings|profit)(?: \(loss\))?|profit for the (?:year|period))$/i,
  ebitda: /^(?:adjusted )?EBITDA$/i,
  ebit: /^(?:adjusted )?EBITA?$/i,
  research: /^research and development(?: expenses?| costs?)?$/i,
  selling: /^selling, general and administrative(?: expenses?)?$/i,
  administrative: /^general and administrative(?: expenses?)?$/i,
  marketing: /^(?:sales and marketing|selling and marketing|marketing and sales)(?: expenses?)?$/i,
  expenses: /^total operating expenses$|^operating expenses$/i,
  depreciation: /^depreciation and amorti[sz]ation(?: expenses?)?$/i,
  interest: /^(?:interest expense|finance costs)$/i,
  pretax:
    /^(?:income|profit|earnings)(?: \(loss\))?(?: from (?:continuing )?operations)? before (?:provision for )?(?:income )?tax(?:es|ation)?$/i,
  tax: /^(?:total )?(?:provision for income tax(?:es)?|income tax(?:es)?(?: expense| provision)?|tax expense)$/i,
  currentAssets: /^total current assets$/i,
  currentLiabilities: /^total current liabilities$/i,
  cash: /^cash(?: and(?: cash)? equivalents)?$/i,
  assets: /^total assets$/i,
  liabilities: /^total liabilities$/i,
  debt: /^total debt$/i,
  equity: new RegExp(`^total ${owners}equity$|^(?:stock|share)holders[’'] equity$`, 'i'),
} as const;

type Part = keyof typeof labels;

const ratios: [string, RatioTopic, boolean, Part, Part][] = [
  ['the gross margin', 'profitability', true, 'gross', 'revenue'],
  ['the operating margin', 'profitability', true, 'operating', 'revenue'],
  ['the net margin', 'profitability', true, 'net', 'revenue'],
  ['the EBIT margin', 'profitability', true, 'ebit', 'revenue'],
  ['the EBITDA margin', 'profitability', true, 'ebitda', 'revenue'],
  ['the cost of revenue as a percentage of revenue', 'costs', true, 'cost', 'revenue'],
  ['research and development as a percentage of revenue', 'costs', true, 'research', 'revenue'],
  [
    'selling, general and administrative expense as a percentage of revenue',
    'costs',
    true,
    'selling',
    'revenue',
  ],
  [
    'general and administrative expense as a percentage of revenue',
    'costs',
    true,
    'administrative',
    'revenue',
  ],
  ['marketing expense as a percentage of revenue', 'costs', true, 'marketing', 'revenue'],
  ['operating expense as a percentage of revenue', 'costs', true, 'expenses', 'revenue'],
  ['depreciation and amortization as a percentage of revenue', 'costs', true, 'depreciation', 'revenue'],
  ['the effective tax rate', 'tax', true, 'tax', 'pretax'],
  ['the interest cover', 'leverage', false, 'operating', 'interest'],
  ['the current ratio', 'liquidity', false, 'currentAssets', 'currentLiabilities'],
  ['the cash ratio', 'liquidity', false, 'cash', 'currentLiabilities'],
  ['the debt-to-equity ratio', 'leverage', false, 'debt', 'equity'],
  ['the ratio of liabilities to equity', 'leverage', false, 'liabilities', 'equity'],
  ['the ratio of liabilities to assets', 'leverage', false, 'liabilities', 'assets'],
  ['the return on equity', 'return', true, 'net', 'equity'],
  ['the return on assets', 'return', true, 'net', 'assets'],
  ['the asset turnover', 'return', false, 'revenue', 'assets'],
];

/** The ratios whose two rows a table holds without doubt, as amounts. */
export function financialRatios(view: TableView): FinancialRatio[] {
  const found = new Map<Part, number | undefined>();
  const find = (part: Part): number | undefined => {
    if (!found.has(part)) found.set(part, findRow(view, labels[part]));
    return found.get(part);
  };
  return ratios.flatMap(([name, topic, percent, part, whole]) => {
    const [above, below] = [find(part), find(whole)];
    return above === undefined || below === undefined ? [] : [{ name, topic, percent, above, below }];
  });
}

function findRow({ table, rows }: TableView, pattern: RegExp): number | undefined {
  const fitting = rows.filter((row) => {
    const { label, kind } = table.rows[row]!;
    return kind === 'amount' && pattern.test(label);
  });
  if (fitting.length <= 1) return fitting[0];
  const totals = fitting.filter((row) => /^total\b/i.test(table.rows[row]!.label));
  return totals.length === 1 ? totals[0] : undefined;
}

/** The rows of current assets and liabilities, whose difference is working capital. */
export function workingCapitalRows(view: TableView): { assets: number; liabilities: number } | undefined {
  const assets = findRow(view, labels.currentAssets);
  const liabilities = findRow(view, labels.currentLiabilities);
  return assets === undefined || liabilities === undefined ? undefined : { assets, liabilities };
}

/** Columns in which both rows hold a positive amount, newest first. */
export function ratioColumns(view: TableView, above: number, below: number): number[] {
  return view.series
    .toReversed()
    .filter((column) => isPositiveAmount(view, above, column) && isPositiveAmount(view, below, column));
}
