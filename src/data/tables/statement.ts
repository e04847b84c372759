/**
 * A statement table: labelled figures with their periods and units, and its text for a prompt.
 * @module
 */

/** What a figure counts: money or another amount, a percentage, money per share, or anything else. */
export type FigureKind = 'amount' | 'percent' | 'per_share' | 'other';

/** A scale that a table states for its amounts. */
export type Scale = 'thousands' | 'millions' | 'billions';

/** A column of figures. Labels are unique in a table. */
export interface StatementColumn {
  label: string;
  /** Calendar or fiscal year that the label names. */
  year?: number;
  /** Set where every figure of the column is of this kind; otherwise the row's kind holds. */
  kind?: FigureKind;
}

/** A row of figures, one for each column. Labels are unique within a section. */
export interface StatementRow {
  label: string;
  /** Heading that the row stands under. */
  section?: string;
  kind: FigureKind;
  /** Percentages as written (40 for 40%); null where the table has a dash or nothing. */
  values: (number | null)[];
}

/** A table of figures from a report. */
export interface StatementTable {
  id: string;
  /** The report. Tables of one report never stand in two splits. */
  group: string;
  /** Where the table comes from, precise enough to find it again. */
  source: string;
  licence: string;
  /** Text above the columns, for example `Years Ended September 30`. */
  heading?: string;
  /** Currency of the amounts in words, where the table says it. */
  currency?: string;
  /** Scale of the amounts, where the table says it; unknown stays unknown. */
  scale?: Scale;
  columns: StatementColumn[];
  rows: StatementRow[];
}

/** What one scale word stands for. */
export const scaleFactor: Record<Scale, number> = { thousands: 1e3, millions: 1e6, billions: 1e9 };

/** Kind of the figure in a row and column. */
export function figureKind(table: StatementTable, row: number, column: number): FigureKind {
  return table.columns[column]!.kind ?? table.rows[row]!.kind;
}

/** A figure as it stands in the table's text: plain decimals, `-` before negatives, `%` after percentages. */
export function figureText(table: StatementTable, row: number, column: number): string {
  const value = table.rows[row]!.values[column];
  if (value === null || value === undefined) return '-';
  return figureKind(table, row, column) === 'percent' ? `${value}%` : String(value);
}

/** Unit of the amounts, for example `millions of dollars`; undefined where neither currency nor scale is known. */
export function unitText(table: StatementTable): string | undefined {
  if (table.scale && table.currency) return `${table.scale} of ${table.currency}`;
  return table.scale ?? table.currency;
}

/**
 * The table as text for a prompt: a title with the unit, one line for each row, section headings on lines of their own.
 * Each figure follows its column's label (`Costs | 2019 80 | 2018 70`): a small model finds a figure by what stands
 * beside it far better than by counting columns, which is worth the tokens. There is no frame and no padding.
 */
export function tableText(table: StatementTable): string {
  const unit = unitText(table);
  const title = [table.heading, unit ? `(${unit})` : undefined].filter(Boolean).join(' ');
  const lines = [title ? `Table: ${title}` : 'Table'];
  let section: string | undefined;
  table.rows.forEach((row, index) => {
    if (row.section !== section) {
      section = row.section;
      if (section) lines.push(`${section}:`);
    }
    const figures = table.columns.map(({ label }, column) => `${label} ${figureText(table, index, column)}`);
    lines.push([row.label, ...figures].join(' | '));
  });
  return lines.join('\n');
}
