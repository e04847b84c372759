/**
 * A table as a reader of the prompt sees it: nothing here knows how the text was written or what the makers know.
 * @module
 */

/** A line of figures. */
export interface ReadRow {
  name: string;
  section: string;
  /** Figures as written, by column; `-` where there is none. */
  figures: string[];
}

/** A table read back from its text. */
export interface ReadTable {
  unit: string | undefined;
  columns: string[];
  rows: ReadRow[];
}

/** Reads the text of a prompt up to its question. */
export function readPrompt(prompt: string): { table: ReadTable; question: string } {
  const lines = prompt.split('\n');
  const question = lines.at(-1)!;
  const table: ReadTable = { unit: /\(([^()]*)\)$/.exec(lines[0]!)?.[1], columns: [], rows: [] };
  let section = '';
  for (const line of lines.slice(1, -2)) {
    const [name, ...cells] = line.split(' | ');
    if (cells.length === 0) {
      section = line.replace(/:$/, '');
      continue;
    }
    // A second total ends the section of the first: nothing else in the text says that a section ends.
    if (/^total$/i.test(name!) && table.rows.some((row) => row.name === name && row.section === section))
      section = '';
    const cuts = cells.map((cell) => cell.lastIndexOf(' '));
    table.columns = cells.map((cell, index) => cell.slice(0, cuts[index]));
    table.rows.push({
      name: name!,
      section,
      figures: cells.map((cell, index) => cell.slice(cuts[index]! + 1)),
    });
  }
  return { table, question };
}

/** A figure as a number, percentages as written; undefined for a dash. */
export function numberIn(text: string | undefined): number | undefined {
  return text === undefined || text === '-' ? undefined : Number(text.replace('%', ''));
}

/**
 * Columns that a year may mean: those with figures of the year itself, not percentages of a change. Of several, a price or a
 * value for each share is not meant where the number itself stands beside it.
 */
export function columnsOfYear(table: ReadTable, year: string): number[] {
  const short = new RegExp(`${year}|\\bFY?\\W?${year.slice(2)}\\b`);
  const found = table.columns.flatMap((label, column) => {
    const years = label.match(/\b20\d\d\b/g) ?? [];
    return short.test(label) && years.length < 2 && !/%|percent/i.test(label) ? [column] : [];
  });
  const numbers = found.filter((column) => !/per share|weighted average/i.test(table.columns[column]!));
  return numbers.length === 1 ? numbers : found;
}

/** Rows that a name may mean: alone, or with its section in brackets. */
export function rowsNamed(table: ReadTable, name: string): ReadRow[] {
  return table.rows.filter((row) => row.name === name || `${row.name} (${row.section})` === name);
}

/** All ways of reading `A, B and C` as names of rows; names hold commas and `and` themselves. */
export function namesIn(table: ReadTable, words: string): string[][] {
  const known = (name: string): boolean => rowsNamed(table, name).length > 0;
  const readings = (rest: string): string[][] => [
    ...(known(rest) ? [[rest]] : []),
    ...[...rest.matchAll(/, | and /g)].flatMap((joint) => {
      const first = rest.slice(0, joint.index);
      return known(first)
        ? readings(rest.slice(joint.index + joint[0].length)).map((others) => [first, ...others])
        : [];
    }),
  ];
  return readings(words);
}
