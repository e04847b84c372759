/**
 * The table in an item's context, read back from the forms in which tables are written into prompts.
 * @module
 */

/** How a table is written. */
export type TableForm = 'labelled' | 'markdown' | 'csv' | 'cells';

/** A row of a table: its label and the texts of its other cells. */
export interface ContextRow {
  label: string;
  /** Heading that the row stands under. */
  section?: string;
  cells: string[];
}

/** A table with the lines around it. */
export interface ContextTable {
  form: TableForm;
  /** Lines before the table, among them its title. */
  before: string[];
  after: string[];
  /** Header of the label column; often empty. */
  corner: string;
  columns: string[];
  rows: ContextRow[];
}

const figure = /^(?:[-–—]|[-−–(]{0,2}\s?[$€£]?\s?[-−–]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)\)?\s?%?\)?)$/;

/** Whether a text is a figure as cells hold it, or a dash. */
function isFigureCell(text: string): boolean {
  return text.length <= 40 && figure.test(text.trim());
}

/** Reads the one table of a context; undefined where there is none, or more than one, or it can't be read safely. */
export function readContextTable(context: string): ContextTable | undefined {
  const lines = context.split('\n');
  if (lines.length > 2000) return undefined;
  return (
    readMarkdown(lines) ??
    readLabelled(lines) ??
    readDelimited(lines, 'cells', (line) => (line.includes(' | ') ? line.split(' | ') : undefined)) ??
    readDelimited(lines, 'csv', splitCsv)
  );
}

/** First and last line of the only run of table lines, or undefined. */
function onlyRun(
  lines: readonly string[],
  isRow: (line: string) => boolean,
  isInner: (line: string) => boolean,
) {
  const first = lines.findIndex(isRow);
  const last = lines.findLastIndex(isRow);
  if (first < 0 || last - first < 1) return undefined;
  for (let at = first; at <= last; at++) if (!isRow(lines[at]!) && !isInner(lines[at]!)) return undefined;
  return { first, last };
}

function readLabelled(lines: readonly string[]): ContextTable | undefined {
  const isRow = (line: string): boolean => line.includes(' | ');
  const isSection = (line: string): boolean => line.endsWith(':') && !isRow(line);
  const run = onlyRun(lines, isRow, isSection);
  if (!run) return undefined;
  // A section heading may stand before the first row.
  const first = run.first > 0 && isSection(lines[run.first - 1]!) ? run.first - 1 : run.first;
  let columns: string[] | undefined;
  let section: string | undefined;
  const rows: ContextRow[] = [];
  for (const line of lines.slice(first, run.last + 1)) {
    if (isSection(line)) {
      section = line.slice(0, -1);
      continue;
    }
    const [label, ...pairs] = line.split(' | ') as [string, ...string[]];
    const apart = pairs.map((pair) => {
      const at = pair.lastIndexOf(' ');
      return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)] as const;
    });
    if (apart.some(([name, cell]) => name === '' || !isFigureCell(cell))) return undefined;
    const names = apart.map(([name]) => name);
    columns ??= names;
    if (names.join('\n') !== columns.join('\n')) return undefined;
    rows.push({ label, ...(section ? { section } : {}), cells: apart.map(([, cell]) => cell) });
  }
  if (!columns || rows.length < 2) return undefined;
  return {
    form: 'labelled',
    before: lines.slice(0, first),
    after: lines.slice(run.last + 1),
    corner: '',
    columns,
    rows,
  };
}

function readMarkdown(lines: readonly string[]): ContextTable | undefined {
  const rule = lines.findIndex((line) => line.length < 2000 && /^\|[-: |]*-[-: |]*\|$/.test(line.trim()));
  if (rule < 1) return undefined;
  const isRow = (line: string): boolean => line.trim().startsWith('|') && line.trim().endsWith('|');
  let last = rule;
  while (last + 1 < lines.length && isRow(lines[last + 1]!)) last++;
  if (lines.some((line, at) => isRow(line) && (at < rule - 1 || at > last))) return undefined;
  const cut = (line: string): string[] =>
    line
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
  const grid = [cut(lines[rule - 1]!), ...lines.slice(rule + 1, last + 1).map(cut)];
  return fromGrid('markdown', grid, lines.slice(0, rule - 1), lines.slice(last + 1));
}

function readDelimited(
  lines: readonly string[],
  form: TableForm,
  cut: (line: string) => string[] | undefined,
): ContextTable | undefined {
  const isRow = (line: string): boolean => (cut(line)?.length ?? 0) >= 2;
  const run = onlyRun(lines, isRow, () => false);
  if (!run) return undefined;
  const grid = lines.slice(run.first, run.last + 1).map((line) => cut(line)!.map((cell) => cell.trim()));
  return fromGrid(form, grid, lines.slice(0, run.first), lines.slice(run.last + 1));
}

/** A header row and rows of cells; section headings are rows without any other cell. */
function fromGrid(
  form: TableForm,
  grid: string[][],
  before: string[],
  after: string[],
): ContextTable | undefined {
  const [header, ...body] = grid as [string[], ...string[][]];
  const [corner, ...columns] = header as [string, ...string[]];
  if (columns.length === 0 || new Set(columns).size < columns.length || columns.includes(''))
    return undefined;
  if (body.some((row) => row.length !== header.length)) return undefined;
  let section: string | undefined;
  const rows: ContextRow[] = [];
  for (const [label, ...cells] of body as [string, ...string[]][]) {
    if (cells.every((cell) => cell === '')) section = label.replace(/:$/, '');
    else rows.push({ label, ...(section ? { section } : {}), cells });
  }
  const figures = rows.flatMap(({ cells }) => cells).filter(isFigureCell);
  if (rows.length < 2 || figures.length * 2 < rows.length * columns.length) return undefined;
  return { form, before, after, corner, columns, rows };
}

function splitCsv(line: string): string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let cell = '';
      for (at++; ; at++) {
        if (at >= line.length) return undefined;
        if (line[at] === '"' && line[at + 1] === '"') at++;
        else if (line[at] === '"') break;
        cell += line[at];
      }
      at++;
      cells.push(cell);
      if (at < line.length && line[at] !== ',') return undefined;
    } else {
      const end = line.indexOf(',', at);
      cells.push(line.slice(at, end < 0 ? line.length : end));
      at = end < 0 ? line.length : end;
    }
    if (at >= line.length) return cells;
    at++;
  }
}

/** The context with the table written in `form`, figures as they are. */
export function writeContextTable(table: ContextTable, form: TableForm = table.form): string {
  return [...table.before, ...tableLines(table, form), ...table.after].join('\n');
}

function tableLines({ corner, columns, rows }: ContextTable, form: TableForm): string[] {
  const lines: string[] = [];
  const put = (cells: readonly string[]): void => {
    if (form === 'markdown') {
      lines.push(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
    } else if (form === 'csv') {
      lines.push(
        cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','),
      );
    } else lines.push(cells.map((cell) => cell.replaceAll('|', '/')).join(' | '));
  };
  if (form !== 'labelled') {
    // A delimited row may not be blank at its left end, or its reader loses the column.
    put([corner || (form === 'markdown' ? '' : 'Item'), ...columns]);
    if (form === 'markdown') lines.push(`|${' --- |'.repeat(columns.length + 1)}`);
  }
  let section: string | undefined;
  for (const row of rows) {
    if (row.section !== section) {
      section = row.section;
      if (section && form === 'labelled') lines.push(`${section}:`);
      else if (section) put([`${section}:`, ...columns.map(() => '')]);
    }
    if (form !== 'labelled') put([row.label, ...row.cells]);
    else lines.push([row.label, ...columns.map((name, at) => `${name} ${row.cells[at] || '-'}`)].join(' | '));
  }
  return lines;
}

/** Name of a row as a question may give it: with and without its section. */
export function rowNames({ label, section }: ContextRow): string[] {
  return section ? [label, `${label} (${section})`] : [label];
}
