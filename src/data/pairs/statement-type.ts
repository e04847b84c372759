/**
 * What part of a report a table is, told from the words in it; unsure tables have no type.
 * @module
 */
import type { StatementTable } from '../tables/statement.js';

const signs: Record<string, RegExp[]> = {
  'an income statement': [
    /\b(?:revenues?|net sales|turnover)\b/,
    /\bcost of (?:revenues?|sales|goods)/,
    /\bgross (?:profit|margin)\b/,
    /\boperating (?:income|expenses|profit|loss)\b/,
    /\bselling, general\b|\bgeneral and administrative\b/,
    /\bnet (?:income|loss|earnings)\b/,
    /\bbefore (?:income )?tax/,
  ],
  'a balance sheet': [
    /\btotal (?:current |non-?current )?assets\b/,
    /\btotal (?:current |non-?current )?liabilities\b/,
    /\b(?:stockholders|shareholders)[’'] equity\b|\btotal equity\b|\bretained earnings\b/,
    /\baccounts payable\b|\btrade payables\b/,
    /\bcash and cash equivalents\b/,
    /\bprepaid expenses\b/,
    /\bother current (?:assets|liabilities)\b/,
  ],
  'a cash flow statement': [
    /\boperating activities\b/,
    /\binvesting activities\b/,
    /\bfinancing activities\b/,
    /\bnet (?:increase|decrease|change)\b.*\bcash\b/,
    /\bfree cash flow\b/,
    /\bpurchases? of property\b|\bcapital expenditures?\b/,
  ],
  'a tax note': [
    /\bdeferred (?:income )?tax/,
    /\b(?:provision for|benefit from) income tax|\bincome tax (?:expense|benefit|provision)\b/,
    /\bvaluation allowance\b/,
    /\bstatutory\b/,
    /\bunrecognized tax\b|\btax positions\b/,
    /\boperating loss(?:es)? carry/,
    /\btax credits?\b/,
  ],
  'a note on share-based payment': [
    /\bgranted\b/,
    /\bvested\b/,
    /\bforfeited\b|\blapsed\b|\bcancelled\b/,
    /\bexercis/,
    /\b(?:stock|share)-based (?:compensation|payment)/,
    /\bexpected volatility\b/,
    /\bdividend yield\b/,
    /\brisk-free\b/,
  ],
  'a pension note': [
    /\bservice cost\b/,
    /\binterest cost\b/,
    /\bbenefit obligations?\b/,
    /\bplan assets\b/,
    /\bactuarial\b/,
    /\bbenefits paid\b/,
  ],
  'a note on leases and obligations': [
    /\boperating leases?\b/,
    /\b(?:finance|capital) leases?\b/,
    /\bpurchase (?:obligations|commitments)\b/,
    /\blease payments\b/,
    /\bthereafter\b/,
    /\b(?:long-term )?debt obligations\b/,
  ],
  'a note on earnings per share': [
    /\bweighted[- ]average\b.*\bshares\b|\bshares\b.*\bcomputation\b/,
    /\b(?:earnings|income|loss)\b.*\bper\b.*\bshare\b/,
    /\bdiluted\b/,
    /\bbasic\b/,
    /\bdilutive\b/,
  ],
  'a note on property and equipment': [
    /\bland\b/,
    /\bbuildings?\b/,
    /\b(?:machinery|furniture|computer|office|network) (?:and|equipment|&)/,
    /\bleasehold improvements\b/,
    /\baccumulated depreciation\b/,
    /\bconstruction[- ]in[- ]pro/,
  ],
  'a note on inventories': [
    /\braw materials\b/,
    /\bwork[- ]in[- ]pro/,
    /\bfinished goods\b|\bfinished products\b/,
  ],
  'a note on auditor fees': [
    /\baudit fees\b/,
    /\baudit-related fees\b/,
    /\btax fees\b/,
    /\ball other fees\b/,
  ],
};

/** Names of the types. */
export const statementTypes: readonly string[] = Object.keys(signs);

/** The type of a table: at least two signs of it, and twice as many as of any other; otherwise undefined. */
export function statementType(table: StatementTable): string | undefined {
  return typeOfNames([table.heading, ...table.rows.flatMap(({ label, section }) => [section, label])]);
}

/** The type that headings and labels tell, by the same rule. */
export function typeOfNames(names: readonly (string | undefined)[]): string | undefined {
  const text = names.filter(Boolean).join('\n').toLowerCase();
  const scores = Object.entries(signs)
    .map(([type, patterns]) => ({ type, score: patterns.filter((pattern) => pattern.test(text)).length }))
    .toSorted((a, b) => b.score - a.score);
  const [first, second] = scores as [(typeof scores)[0], (typeof scores)[0]];
  return first.score >= 2 && first.score >= 2 * second.score ? first.type : undefined;
}
