/**
 * What the figures of a context prove about each other: sums, differences, percentages. A change of one figure has to
 * keep these true.
 * @module
 */
import type { FigureKind } from '../tables/statement.js';
import { sumParts } from '../tables/sums.js';
import { kindOfLabel } from '../tables/units.js';
import type { ContextTable } from './context-table.js';
import type { Figure } from './figures.js';

/** A signed figure; `key` is the same for equal figures, which change together. */
export interface Term {
  key: string;
  sign: 1 | -1;
}

/** `target` follows from `inputs`, whose signed values `value` takes in their order. */
export interface Relation {
  target: Term;
  inputs: Term[];
  value: (inputs: readonly number[]) => number;
  /** Largest distance between the two, where that is less than rounding the target would make. */
  slack?: number;
}

/** A cell's figure with its sign; undefined for a dash or words. */
export interface CellFigure extends Term {
  /** Signed, percentages as written. */
  value: number;
  decimals: number;
  percent: boolean;
}

const most = { rows: 60, columns: 12, figures: 40 };

/** Key of a figure: equal amounts are one figure, and an amount is none with a per cent sign. */
export function figureKey({ value, percent }: Pick<Figure, 'value' | 'percent'>): string {
  return `${value}${percent ? '%' : ''}`;
}

/** Relations between the cells of a table that hold in all of its columns, or in all of its rows. */
export function tableRelations(
  table: ContextTable,
  cells: readonly (readonly (CellFigure | undefined)[])[],
): Relation[] {
  if (table.rows.length > most.rows || table.columns.length > most.columns) return [];
  const turned = transposed(cells);
  return [
    ...sumRelations(table, cells),
    ...lineRelations(cells),
    ...lineRelations(turned),
    ...wholeRelations(cells),
    ...wholeRelations(turned),
  ];
}

/** Sums of rows that stand above their total, as the maker of pairs believes them. */
function sumRelations(
  table: ContextTable,
  cells: readonly (readonly (CellFigure | undefined)[])[],
): Relation[] {
  const turned = transposed(cells);
  const kindOf = (line: readonly (CellFigure | undefined)[], label: string | undefined): FigureKind => {
    if (line.some((cell) => cell?.percent) && line.every((cell) => cell?.percent ?? true)) return 'percent';
    return (label === undefined ? undefined : kindOfLabel(label)) ?? 'amount';
  };
  const found = new Map<string, Relation>();
  // Kinds are not written in a prompt, so sums are looked for with the kinds that labels tell, and without them.
  for (const [rowsTell, columnsTell] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ]) {
    const columns = table.columns.map((label, column) => ({
      label,
      kind: kindOf(turned[column]!, columnsTell ? label : undefined),
    }));
    const rows = table.rows.map(({ label }, row) => ({
      label,
      kind: kindOf(cells[row]!, rowsTell ? label : undefined),
      values: cells[row]!.map((cell) => cell?.value ?? null),
    }));
    rows.forEach((_row, total) => {
      const parts = sumParts({ columns, rows }, total);
      if (!parts) return;
      columns.forEach(({ kind }, column) => {
        const target = cells[total]![column];
        const inputs = parts.flatMap((part) => cells[part]![column] ?? []);
        if (!target || inputs.length === 0 || kind !== 'amount') return;
        const plus = inputs.map(() => 1);
        found.set(`${total} ${column} ${parts}`, linear(target, inputs, plus));
      });
    });
  }
  return [...found.values()];
}

/**
 * Lines (rows or columns) that follow from two others in every place: sums, differences, percentages and changes in per
 * cent. Two places are wanted, or one with four digits, so that chance is not taken for a rule.
 */
function lineRelations(lines: readonly (readonly (CellFigure | undefined)[])[]): Relation[] {
  const relations: Relation[] = [];
  lines.forEach((line, target) => {
    for (let first = 0; first < lines.length; first++) {
      for (let second = 0; second < lines.length; second++) {
        if (first === target || second === target || first === second) continue;
        const [a, b] = [lines[first]!, lines[second]!];
        // Most triples are refuted by their first place, so the rest is only looked at for the others.
        const at = line.findIndex((cell, place) => cell && a[place] && b[place]);
        if (at < 0) continue;
        const rules = rulesOf(line[at]!, a[at]!, b[at]!, target > first && target > second, first < second);
        if (rules.length === 0) continue;
        const places = line.flatMap((cell, place) => {
          const [p, q] = [a[place], b[place]];
          return cell && p && q && !p.percent && !q.percent ? [{ cell, a: p, b: q }] : [];
        });
        relations.push(...rules.flatMap((rule) => rule(places)));
      }
    }
  });
  return relations;
}

/** Columns that hold each row's percentage of one row in another column: shares of a total. */
function wholeRelations(cells: readonly (readonly (CellFigure | undefined)[])[]): Relation[] {
  const relations: Relation[] = [];
  const width = cells[0]?.length ?? 0;
  for (let target = 0; target < width; target++) {
    const shares = cells.filter((row) => (row[target]?.value ?? 0) !== 0);
    for (let from = 0; from < width && shares.length >= 2; from++) {
      if (from === target) continue;
      for (const { [from]: whole } of cells) {
        if (!whole || whole.value === 0 || whole.percent) continue;
        const isPart = (row: readonly (CellFigure | undefined)[]): boolean => {
          const [cell, part] = [row[target]!, row[from]];
          return (
            part !== undefined &&
            Math.abs(share(part.value, whole.value) - cell.value) <= 0.501 * 10 ** -cell.decimals
          );
        };
        if (!shares.every(isPart)) continue;
        for (const row of shares) {
          relations.push({
            target: row[target]!,
            inputs: [row[from]!, whole],
            value: ([p, q]) => share(p!, q!),
          });
        }
      }
    }
  }
  return relations;
}

type Rule = (places: readonly Place[]) => Relation[];

const share = (a: number, b: number): number => (100 * a) / b;
const growth = (a: number, b: number): number => (100 * (a - b)) / b;
const isSum: Rule = (places) => proven(places, [1, 1]);
const isDifference: Rule = (places) => proven(places, [1, -1]);
const isShare: Rule = (places) => provenRatio(places, share);
const isGrowth: Rule = (places) => provenRatio(places, growth);

/** What one place does not refute. A sum or difference is told once, by its last line. */
function rulesOf(cell: CellFigure, a: CellFigure, b: CellFigure, isLast: boolean, inOrder: boolean): Rule[] {
  const near = (value: number): boolean => Math.abs(value - cell.value) <= 0.501 * 10 ** -cell.decimals;
  const rules: Rule[] = [];
  if (isLast && inOrder && near(a.value + b.value)) rules.push(isSum);
  if (isLast && near(a.value - b.value)) rules.push(isDifference);
  if (b.value === 0 || cell.value === 0 || near(share(a.value, b.value))) rules.push(isShare);
  if (b.value === 0 || cell.value === 0 || near(growth(a.value, b.value))) rules.push(isGrowth);
  return rules;
}

interface Place {
  cell: CellFigure;
  a: CellFigure;
  b: CellFigure;
}

function proven(places: readonly Place[], [x, y]: [number, number]): Relation[] {
  const enough = places.length >= 2 || places.some(({ cell }) => Math.abs(cell.value) >= 1000);
  const trivial = places.every(({ cell, a, b }) => cell.value === 0 || a.value === 0 || b.value === 0);
  if (!enough || trivial || places.some(({ cell }) => cell.percent)) return [];
  const fits = places.every(
    ({ cell, a, b }) => Math.abs(x * a.value + y * b.value - cell.value) <= 0.01 * 10 ** -cell.decimals,
  );
  return fits ? places.map(({ cell, a, b }) => linear(cell, [a, b], [x, y])) : [];
}

function provenRatio(places: readonly Place[], ratio: (a: number, b: number) => number): Relation[] {
  const usable = places.filter(({ cell, b }) => b.value !== 0 && cell.value !== 0);
  const exact = usable.filter(({ cell }) => Math.abs(cell.value) >= 1);
  if (usable.length < 2 || exact.length < 2) return [];
  const fits = usable.every(
    ({ cell, a, b }) => Math.abs(ratio(a.value, b.value) - cell.value) <= 0.501 * 10 ** -cell.decimals,
  );
  if (!fits) return [];
  return usable.map(({ cell, a, b }) => ({
    target: cell,
    inputs: [a, b],
    value: ([p, q]) => ratio(p!, q!),
  }));
}

/** A sum with signs; what rounding left over in the table stays left over. */
function linear(target: CellFigure, inputs: readonly CellFigure[], signs: readonly number[]): Relation {
  const sum = (values: readonly number[]): number =>
    values.reduce((total, value, at) => total + signs[at]! * value, 0);
  const rest = target.value - sum(inputs.map(({ value }) => value));
  const places = Math.max(target.decimals, ...inputs.map(({ decimals }) => decimals));
  return { target, inputs: [...inputs], value: (values) => sum(values) + rest, slack: 0.01 * 10 ** -places };
}

function transposed<T>(rows: readonly (readonly T[])[]): T[][] {
  return (rows[0] ?? []).map((_cell, column) => rows.map((row) => row[column]!));
}

/**
 * Relations that running text states or implies: a figure that is the sum, the difference or the percentage of two
 * others. Only figures of three and more digits count for sums, for small ones meet by chance.
 */
export function textRelations(figures: readonly Figure[]): Relation[] | undefined {
  const unique = [...new Map(figures.map((figure) => [figureKey(figure), figure])).values()];
  if (unique.length > most.figures) return undefined;
  const relations: Relation[] = [];
  const amounts = unique.filter(({ percent }) => !percent);
  const term = (figure: Figure): Term => ({ key: figureKey(figure), sign: 1 });
  const long = ({ digits }: Figure): boolean => digits.replace(/\D/g, '').length >= 3;
  unique.forEach((target) => {
    for (const a of amounts) {
      for (const b of amounts) {
        if (a === b || a === target || b === target || b.value === 0) continue;
        const slack = 0.501 * 10 ** -target.decimals;
        if (target.percent) {
          for (const ratio of [
            (p: number, q: number) => (100 * p) / q,
            (p: number, q: number) => (100 * Math.abs(p - q)) / q,
          ]) {
            if (Math.abs(ratio(a.value, b.value) - target.value) <= slack) {
              relations.push({
                target: term(target),
                inputs: [term(a), term(b)],
                value: ([p, q]) => ratio(p!, q!),
              });
            }
          }
        } else if (a.value < b.value && long(a) && long(b) && long(target)) {
          if (Math.abs(a.value + b.value - target.value) <= 0.01 * slack) {
            relations.push({ target: term(target), inputs: [term(a), term(b)], value: ([p, q]) => p! + q! });
          }
        }
      }
    }
  });
  return relations;
}
