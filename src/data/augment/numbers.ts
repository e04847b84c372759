/**
 * The same question about other figures, with the answer computed again.
 * @module
 */
import type { RandomStream } from '../../random.js';
import { readAnswer } from '../answers.js';
import { calculate } from '../calculator.js';
import type { Item } from '../item.js';
import { valueText } from '../pairs/calculations.js';
import { type ContextTable, readContextTable, rowNames, writeContextTable } from './context-table.js';
import type { Change, Exchange } from './exchange.js';
import { type Figure, findFigures, isYear, rangesOf, replaceFigures, writeLike } from './figures.js';
import { drawValues, type Variable } from './perturbation.js';
import { type CellFigure, figureKey, type Relation, tableRelations, textRelations } from './relations.js';

/** What is known about the figures of a context. */
interface Reading {
  table?: ContextTable;
  variables: Map<string, Variable>;
  relations: Relation[];
}

/**
 * Changes the figures of context and question together and computes the answer again. Only where the answer is an
 * expression over figures of the context or the question, or one of these figures; undefined elsewhere, and where the
 * figures prove more about each other than other ones could keep.
 */
export function changeNumbers(item: Item, exchange: Exchange, random: RandomStream): Change | undefined {
  const { context, question, response } = exchange;
  if (context === '') return undefined;
  const old = readAnswer(response);
  if (old.kind !== 'number' || response.includes('=')) return undefined;
  const operands = findFigures(response);
  const reading = readContext(context, question, operands);
  if (!reading || !operandsAreClear(operands, response, reading)) return undefined;
  const values = drawValues(reading.variables, reading.relations, random, reading.table === undefined);
  if (!values) return undefined;
  if (!operands.some((figure) => isMoved(figure, values))) return undefined;

  const change = (figure: Figure): string | undefined =>
    isMoved(figure, values) ? writeLike(values.get(figureKey(figure))!, figure.digits) : undefined;
  const labels = reading.table ? labelsOf(reading.table) : [];
  const rewritten = (text: string): string => replaceFigures(text, change, rangesOf(text, labels));
  const changed: Exchange = {
    ...exchange,
    context: reading.table ? rewriteTable(reading.table, change, rewritten) : rewritten(context),
    question: rewritten(question),
    response: replaceFigures(response, change),
  };
  const answer = newAnswer(item, response, changed.response, change);
  if (answer === 'doubtful') return undefined;
  const derivation = newDerivation(item, answer, change, labels);
  return {
    exchange: changed,
    note: `${values.size} figures changed, the answer computed again`,
    ...(answer === undefined ? {} : { answer }),
    ...(derivation === undefined ? {} : { derivation }),
  };
}

function isMoved(figure: Figure, values: ReadonlyMap<string, number>): boolean {
  const value = values.get(figureKey(figure));
  return value !== undefined && value !== figure.value;
}

/** Variables and relations of a context; undefined where a change could not be followed everywhere. */
function readContext(context: string, question: string, operands: readonly Figure[]): Reading | undefined {
  const table = readContextTable(context);
  // A table that would not come back as it stands is changed as text instead.
  const exact = table && writeContextTable(table) === context ? table : undefined;
  const around = exact ? [...exact.before, ...exact.after].join('\n') : context;
  const labels = exact ? labelsOf(exact) : [];
  const kept = rangesOf(question, labels);
  const inQuestion = findFigures(question).filter(
    ({ start, end }) => !kept.some(([from, to]) => start < to && end > from),
  );
  const asked = new Set(operands.map(figureKey));
  const textFigures = [...findFigures(around), ...inQuestion];
  if (sameInOtherScale(textFigures)) return undefined;
  const variables = new Map<string, Variable>();
  const cells = exact?.rows.map((row) => row.cells.map((cell) => readCellFigure(cell)));
  for (const cell of cells?.flat() ?? [])
    if (cell) addVariable(variables, { ...cell, value: Math.abs(cell.value) });
  const moving = textFigures.filter(
    (figure) => figure.digits.length >= 3 || figure.percent || asked.has(figureKey(figure)),
  );
  for (const figure of moving) addVariable(variables, figure);
  const relations = cells ? tableRelations(exact!, cells) : [];
  // In running text any figure may follow from others; beside a table only the table's own rules are told.
  const told = textRelations(moving);
  if (!told) return undefined;
  relations.push(...told);
  return { ...(exact ? { table: exact } : {}), variables, relations };
}

function addVariable(
  variables: Map<string, Variable>,
  figure: Pick<Figure, 'value' | 'decimals' | 'percent'>,
): void {
  const key = figureKey(figure);
  const decimals = Math.min(figure.decimals, variables.get(key)?.decimals ?? figure.decimals);
  const fixed =
    figure.value === 0 || (!figure.percent && figure.decimals === 0 && isYear(String(figure.value)));
  variables.set(key, { key, value: figure.value, decimals, percent: figure.percent, fixed });
}

/** The figure of a cell, years among them, for they may be parts of a sum. */
function readCellFigure(cell: string): CellFigure | undefined {
  const [figure] = findFigures(` ${cell}`);
  const year = figure ? undefined : /^\s*([-(]?)\s*(\d{4})\)?\s*$/.exec(cell);
  if (!figure && !year) return undefined;
  const size = figure?.value ?? Number(year![2]);
  const percent = figure?.percent ?? false;
  const sign = (figure?.negative ?? year![1] !== '') ? -1 : 1;
  return {
    key: figureKey({ value: size, percent }),
    sign,
    value: sign * size,
    decimals: figure?.decimals ?? 0,
    percent,
  };
}

/** Whether one amount is written in two scales (`$1.2 billion`, `1,200 million`): they would have to move together. */
function sameInOtherScale(figures: readonly Figure[]): boolean {
  return figures.some(({ value, scale, decimals }) => {
    if (scale === undefined) return false;
    return figures.some((other) =>
      (other.scale === undefined ? [1, 1e3, 1e6, 1e9] : [other.scale])
        .filter((factor) => factor !== scale)
        .some((factor) => Math.abs(value * scale - other.value * factor) <= 0.5 * 10 ** -decimals * scale),
    );
  });
}

/** Every operand is a figure of context or question, or a constant that could be neither. */
function operandsAreClear(operands: readonly Figure[], response: string, { variables }: Reading): boolean {
  if (!operands.some((figure) => variables.has(figureKey(figure)))) return false;
  return operands.every((figure) => {
    if (!variables.has(figureKey(figure))) return operands.length > 1;
    // `* 1000` and `/ 3` convert and count; where the context holds the same figure, nobody knows which is meant.
    const factor = /[*/×÷]\s*$/.test(response.slice(0, figure.start));
    return !(factor && (/^10+$/.test(figure.digits) || figure.value < 13) && figure.decimals === 0);
  });
}

function labelsOf({ corner, columns, rows }: ContextTable): string[] {
  return [corner, ...columns, ...rows.flatMap(rowNames), ...rows.flatMap(({ section }) => section ?? [])];
}

function rewriteTable(
  table: ContextTable,
  change: (figure: Figure) => string | undefined,
  rewritten: (text: string) => string,
): string {
  // The blank keeps a cell's first digits from looking like the number of a row.
  const cell = (text: string): string => replaceFigures(` ${text}`, change).slice(1);
  return writeContextTable({
    ...table,
    before: table.before.map(rewritten),
    after: table.after.map(rewritten),
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.map(cell) })),
  });
}

/** The child's `answer`; undefined where the parent has none, `doubtful` where its own is not what its response says. */
function newAnswer(
  { answer }: Item,
  response: string,
  changed: string,
  change: (figure: Figure) => string | undefined,
): string | undefined {
  const [before, after] = [readAnswer(response).number!, readAnswer(changed).number];
  // Words like `increase` in the question rely on the direction.
  if (!after || Math.sign(before.value) !== Math.sign(after.value)) return 'doubtful';
  if (answer === undefined) return undefined;
  if (!before.expression) return replaceFigures(answer, change);
  if (valueText(calculate(before.expression), before.percent) === answer) {
    return valueText(calculate(after.expression!), after.percent);
  }
  const stated = readAnswer(answer).number;
  const [figure, ...more] = findFigures(answer);
  if (!stated || !figure || more.length > 0 || stated.percent !== before.percent) return 'doubtful';
  if (Math.abs(stated.value - before.value) > stated.resolution * 1.01) return 'doubtful';
  const size = Math.abs(after.value) * (after.percent ? 100 : 1);
  return answer.slice(0, figure.start) + writeLike(size, figure.digits) + answer.slice(figure.end);
}

/** The derivation with the new figures, and the new value where it held the old one. */
function newDerivation(
  { derivation, answer }: Item,
  newAnswer: string | undefined,
  change: (figure: Figure) => string | undefined,
  labels: readonly string[],
): string | undefined {
  if (derivation === undefined) return undefined;
  const [before] = findFigures(answer ?? '');
  const [after] = findFigures(newAnswer ?? '');
  const changed = (figure: Figure): string | undefined =>
    change(figure) ?? (before && after && figureKey(figure) === figureKey(before) ? after.digits : undefined);
  return replaceFigures(derivation, changed, rangesOf(derivation, labels));
}
