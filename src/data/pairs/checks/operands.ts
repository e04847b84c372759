/**
 * The figures of a text that may be calculated with, in the order in which one reads them together.
 * @module
 */
import { sentences } from '../documents/sentences.js';
import { findFigures, type TextFigure } from './figures.js';

/** A figure that may be calculated with. */
export interface Operand {
  figure: TextFigure;
  /** Whether its row or column says that it is a percentage, as no sign beside it does. */
  share: boolean;
}

/** The figures of a text, all but years. */
export interface Operands {
  count: number;
  /** Those of each sentence and of each row of a table. */
  rows: Operand[][];
  /** Those of each column of a table, and those of all running text. */
  columns: Operand[][];
}

const percentSign = /%|\bpercent/i;

/** The figures of a text that may be calculated with. */
export function operandsOf(context: string): Operands {
  const rows: Operand[][] = [];
  const prose: Operand[] = [];
  const columns = [prose];
  let table: string[] = [];
  for (const line of [...context.split('\n'), '']) {
    if (line.includes(' | ')) {
      table.push(line);
      continue;
    }
    const ofTable = tableOperands(table);
    rows.push(...ofTable.rows);
    columns.push(...ofTable.columns);
    table = [];
    for (const sentence of sentences(line)) {
      const found = findFigures(sentence).filter(({ year }) => !year);
      rows.push(found.map((figure) => ({ figure, share: false })));
      prose.push(...rows.at(-1)!);
    }
  }
  return { count: rows.reduce((sum, row) => sum + row.length, 0), rows, columns };
}

function tableOperands(lines: readonly string[]): Pick<Operands, 'rows' | 'columns'> {
  const table = lines.map((line) => line.split(' | '));
  const width = table.reduce((most, cells) => Math.max(most, cells.length), 0);
  const columns = Array.from({ length: width }, (): Operand[] => []);
  const percent = columns.map((_, column) => table.some((cells) => percentSign.test(cells[column] ?? '')));
  const rows = table.map((cells) =>
    cells.flatMap((cell, column) => {
      const share = percent[column]! || percentSign.test(cells[0]!);
      const found = figuresOfCell(cell).map((figure) => ({ figure, share: share && isBare(figure) }));
      columns[column]!.push(...found);
      return found;
    }),
  );
  return { rows, columns };
}

function isBare({ percent, currency, scale }: TextFigure): boolean {
  return !percent && currency === undefined && scale === 1;
}

/** Of `2019 1966` the second is an amount under the heading 2019, whatever it looks like. */
function figuresOfCell(cell: string): TextFigure[] {
  const figures = findFigures(cell);
  const isAmount = (index: number): boolean =>
    index > 0 && index === figures.length - 1 && figures[index - 1]!.year;
  return figures.filter(({ year }, index) => !year || isAmount(index));
}
