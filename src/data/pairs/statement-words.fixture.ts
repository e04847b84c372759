/**
 * Rows of statements found by the words in their labels, by another route than the makers' rules for whole labels: which
 * words must stand there, which must not, and where several rows are left, the largest figure.
 * @module
 */
import { numberIn, type ReadTable } from './prompt-text.fixture.js';

const strange =
  /non-?gaap|adjusted|percent|%|per .*share|margin \(|return on|attributable|discontinued operations for|net effect|in-game|selling price|other/i;

const words: Record<string, [needed: RegExp, forbidden: RegExp]> = {
  revenue: [
    /revenue|sales|turnover/i,
    /cost|marketing|deferred|income|expense|voyage|percentage|loss|per |receiv|purchase|proceeds|segment|services$|affl|provision|allowance/i,
  ],
  costOfSales: [/^(?:total )?costs? of/i, /equity/i],
  gross: [/^(?:total )?gross (?:profit|margin)/i, /deferred/i],
  operatingIncome: [
    /operating (?:income|profit|earnings|\(loss|loss)|(?:income|loss|profit)(?: \(loss\))? from operations/i,
    /before|carry/i,
  ],
  ebit: [/^ebit$/i, /^$/],
  ebitda: [/^ebitda$|interest, tax, depreciation/i, /^$/],
  pretax: [/before .*tax/i, /valuation|cost|losses/i],
  tax: [
    /provision for income taxes|income tax|^tax/i,
    /before|deferred|rate|fee|credit|net of|payable|prepaid/i,
  ],
  netIncome: [/^net (?:income|loss|earnings|\(loss)/i, /per|share|adjusted|basic|diluted|continuing/i],
  operatingCashFlow: [/operating activities/i, /^$/],
  freeCashFlow: [/free cash ?(?:ﬂ|fl)ow/i, /^$/],
  interestExpense: [/interest expense/i, /income/i],
  currentAssets: [/^total current assets|^current assets/i, /^$/],
  currentLiabilities: [/^total current liabilities|^current liabilities/i, /^$/],
  inventories: [/^inventor/i, /reserve/i],
  cash: [/^cash(?: and|$)/i, /restricted|investments/i],
  receivables: [/receivables?(?:, net)?$/i, /tax|lease|affiliate|other/i],
  property: [/^property/i, /gross/i],
  goodwill: [/^goodwill/i, /beginning|end/i],
  totalAssets: [/^total assets$/i, /^$/],
  totalLiabilities: [/^total liabilities$/i, /^$/],
  totalDebt: [/^total debt$/i, /^$/],
  longTermDebt: [/^long-term debt$/i, /^$/],
  netDebt: [/^net debt$/i, /^$/],
  equity: [/equity$/i, /contributed|method|liabilities/i],
  retained: [/^retained/i, /^$/],
  workingCapital: [/working capital/i, /change/i],
  dividend: [/dividends?/i, /yield|net|paid|preferred|final|interim|equivalent|awarded/i],
  dilutedEarnings: [/diluted/i, /shares? outstanding|weighted|dilutive/i],
  research: [/^research/i, /credit|funding/i],
  selling: [/^selling, general/i, /^$/],
  administration: [/^general and administrative/i, /^$/],
  marketing: [/^sales and marketing/i, /^$/],
  depreciation: [/^depreciation and amorti/i, /^$/],
  operatingExpenses: [/^(?:total )?operating expenses/i, /^$/],
  auditFees: [/^audit fees/i, /^$/],
  nonAuditFees: [/^non-audit fees/i, /^$/],
  totalFees: [/^total fees/i, /^$/],
};

/** The size of a line of a statement in a column; undefined where no row has its words. */
export function statementFigure(table: ReadTable, line: string, column: number): number | undefined {
  const [needed, forbidden] = words[line]!;
  const found = table.rows.filter(({ name, section, figures }) => {
    const percent = figures[column]!.includes('%');
    const label = name === 'Total' ? section : name;
    const perShare = line === 'dividend' || line === 'dilutedEarnings';
    const known = needed.test(label) && !forbidden.test(label) && (perShare || !strange.test(label));
    return known && !percent && numberIn(figures[column]) !== undefined;
  });
  const values = found.map(({ figures }) => numberIn(figures[column])!);
  return values.length === 0 ? undefined : values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
}

/** Lines of a statement that a label may be, by its words; one of several sorts of receivables is none. */
export function statementLinesOf(label: string): string[] {
  if (/\d/.test(label)) return [];
  return Object.entries(words).flatMap(([line, [needed, forbidden]]) => {
    const known = needed.test(label) && !forbidden.test(label) && !strange.test(label);
    return known && line !== 'receivables' ? [line] : [];
  });
}
