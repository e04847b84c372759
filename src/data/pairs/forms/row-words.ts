/**
 * How sentences name the rows and columns of a table.
 * @module
 */
import { figureKind, figureText, unitText } from '../../tables/statement.js';
import { enumerate } from '../phrasings.js';
import { figure, inColumn, rowName, type TableView } from '../table-view.js';

/** Words that a label of accounting begins with and that are written small within a sentence. */
const commonNouns =
  /^(?:Total|Net|Other|Gross|Operating|Cash|Trade|Accounts|Accrued|Income|Interest|Cost|Costs|Sales|Revenue|Revenues|Deferred|Current|Non-current|Noncurrent|Inventories|Inventory|Prepaid|Property|Depreciation|Amortization|Goodwill|Intangible|Research|Selling|General|Stock-based|Share-based|Basic|Diluted|Weighted|Weighted-average|Average|Dividends|Provision|Long-term|Short-term|Retained|Working|Earnings|Loss|Profit|Discount|Expected|Receivables|Restructuring|Equity|Salaries|Service|Services|Products|Customer|Valuation|Adjusted|Effective|Free|Capital)\b/;
/** Labels that can't be the subject of a sentence. */
const noSubject = [
  /^[^A-Za-z\d]|^\d(?![\d.]*% )|:| - /,
  /^(?:less|add|plus|deduct|of which|thereof|therein|at|as|on|in|to|from|for|by|within|after|before|up to|more than|effect of|included|excluding|including|outstanding|exercisable)\b(?!-)/i,
  // Participles, as in the movements of a year, and adjectives on their own.
  /^(?:non-?)?[a-z]+ed(?:$|,| (?:\(|during\b|in\b|at\b|as\b|by\b|to\b|from\b|for\b|under\b|over\b|of\b|on\b))/i,
  /^(?:foreign|domestic|federal|state|basic|diluted|current|deferred|non-?current|canadian|overseas|gross|net)(?:$| \()/i,
  /^(?:first|second|third|fourth|current|prior) (?:quarter|year)\b/i,
];
/** What ends the head of a label: the noun before it is the one that a verb agrees with. */
const headEnd =
  /\s+(?:of|for|in|from|to|on|with|by|at|due|used|provided|held|per|attributable|as|under|related|before|after|excluding|including|falling|not|that|which|recogni[sz]ed|charged|allocated|owed|sold|associated|based|paid|recorded|arising|relating|resulting|expiring|maturing)\b.*$/i;
const singularEnd =
  /(?:ss|us|is|ics|Americas|States|Netherlands|Philippines|Emirates|Solutions|Systems|Products|Services|Films|Restaurants|Properties|Communications|Electronics|Components|Industries|Holdings)$/;

/** A row as the subject of a sentence. */
export interface RowWords {
  /** Name as a question gives it. */
  name: string;
  /** At the beginning of a sentence. */
  start: string;
  /** Within a sentence. */
  within: string;
  /** `was` or `were`. */
  be: string;
  /** Whether it can be the subject at all; otherwise sentences say `For …, the figure was`. */
  subject: boolean;
}

/** Words for a row. */
export function rowWords({ table }: TableView, row: number): RowWords {
  const name = rowName(table, row);
  const { label } = table.rows[row]!;
  const rest = name.includes(' ') ? name.slice(name.indexOf(' ') + 1) : '';
  const lone = /^(?:Total|Other)(?: \(|$)/.test(name);
  const small = commonNouns.test(name) && !lone && !/ [^(]*[A-Z]/.test(` ${rest.replace(/\(.*$/, '')}`);
  const total = lone && name.startsWith('Total');
  return {
    name,
    start: total ? `The t${name.slice(1)}` : `${name[0]!.toUpperCase()}${name.slice(1)}`,
    within: total ? `the t${name.slice(1)}` : small ? `${name[0]!.toLowerCase()}${name.slice(1)}` : name,
    be: isPlural(label) ? 'were' : 'was',
    subject: isSubject(name),
  };
}

/** Whether a row's name can be the subject of a sentence. */
export function isSubject(name: string): boolean {
  return !noSubject.some((pattern) => pattern.test(name));
}

/** Whether the head of a label is a plural. */
function isPlural(label: string): boolean {
  const head = label
    .replace(/right of use/i, 'right-of-use')
    .replace(/\s*\([^)]*\)?/g, '')
    .replace(/,.*$/, '')
    .replace(headEnd, '')
    .replace(/\s+(?:\w+ed|receivable|payable)(?: (?:in|during|to|by|at|for|from|on|of|under|as)\b.*)?$/, '')
    .trim();
  const last = head.split(/\s+/).at(-1) ?? '';
  // Acronyms such as SaaS are none.
  return /s$/i.test(last) && !singularEnd.test(last) && !/[A-Z]$/.test(last);
}

/** The columns of a row that sentences tell: those of the years, newest first, or else all, where there is a figure. */
export function toldColumns(view: TableView, row: number): number[] {
  const holds = (column: number): boolean => figure(view, row, column) !== undefined;
  const dated = view.series.toReversed().filter(holds);
  return dated.length > 0 ? dated : view.table.columns.map((_column, index) => index).filter(holds);
}

/** `16 under Ground Leases and 12 under Building Leases`. */
export function figuresInColumns(view: TableView, row: number, columns: readonly number[]): string {
  return enumerate(
    columns.map((column) => `${figureText(view.table, row, column)} ${inColumn(view, column)}`),
    'and',
  );
}

/** Years of the series as people list them, newest first. */
export function yearsText({ table, series }: TableView): string {
  return enumerate(
    series.toReversed().map((column) => String(table.columns[column]!.year)),
    'and',
  );
}

/** Headings that say outright what statement the table is. */
const revealing =
  /statement|balance sheet|cash flow|operations data|\btax\b|pension|obligations|lease|inventor/i;
const unitWords = /thousand|million|billion|USD|[$£€]|000/i;

/** The table's heading with its years, where it tells neither the type of statement nor nothing. */
export function documentTitle(view: TableView, fallback: string): string {
  const { heading, scale } = view.table;
  const years = yearsText(view);
  // The unit is said in a sentence of its own.
  const repeats = scale !== undefined && unitWords.test(heading ?? '');
  const known =
    heading && heading.length <= 60 && !revealing.test(heading) && !/^[%\d]/.test(heading) && !repeats;
  if (!known) return years || fallback;
  if (!years) return heading;
  return /\d$/.test(heading) ? `${heading}, ${years}` : `${heading} ${years}`;
}

/** The sentence that states the unit of the amounts, where the table does. */
export function unitSentence(view: TableView, rows: readonly number[], template: string): string | undefined {
  const unit = unitText(view.table);
  const kinds = new Set(
    rows.flatMap((row) => view.table.columns.map(({ kind }) => kind ?? view.table.rows[row]!.kind)),
  );
  if (!unit || !kinds.has('amount')) return undefined;
  const sentence = template.replace('{unit}', unit);
  return kinds.has('per_share') ? sentence.replace(/\.$/, ', except per share figures.') : sentence;
}

const ofAnotherSort =
  /\b(?:total|adjust\w*|increase|decrease|change|effect|impact|difference|price|value|years?|average|charges?|allowance|and)\b|^\(|%/i;

/** Whether the figures of a row in some columns may be held against each other: of one kind, none a change or a total. */
export function comparable(view: TableView, row: number, columns: readonly number[]): boolean {
  const kinds = new Set(columns.map((column) => figureKind(view.table, row, column)));
  return (
    kinds.size === 1 &&
    columns.every(
      (column) =>
        !ofAnotherSort.test(view.table.columns[column]!.label) && (figure(view, row, column) ?? 0) > 0,
    )
  );
}
