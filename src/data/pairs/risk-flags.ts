/**
 * Questions that look for warnings: rows that moved by more than a limit, and signs from a closed list. Where nothing applies
 * the answer is {@link nothing}, which is about every third.
 * @module
 */
import type { RandomStream } from '../../random.js';
import { figureKind } from '../tables/statement.js';
import { place } from './choices.js';
import type { Fact, FactContext, Maker } from './fact.js';
import { enumerate } from './phrasings.js';
import { figure, periodName, rowName, type TableView } from './table-view.js';
import { type FoundSign, warningSigns } from './warning-signs.js';

/** The answer where nothing applies. */
const nothing = 'none';

/** Limits in percent that questions name. */
const limits = [5, 10, 15, 20, 25, 30, 40, 50] as const;
/** More names than this make no short answer. */
const mostNames = 3;
/** A whole table is only asked about where it is this small. */
const mostRows = 8;

/** Rows that moved by more than a percentage, among a few, or in the whole table, and warning signs. */
export const risk_flags: Maker = (context) => [
  ...movedRows(context),
  ...signFacts(context.view, context.random),
];

function movedRows({ view, random }: FactContext): Fact[] {
  return view.series.flatMap((to, index) =>
    view.series.slice(Math.max(0, index - 1), index).flatMap((from) => {
      const usable = view.rows.filter((row) => canMove(view, row, from, to));
      const draws = usable.length < 3 ? 0 : Math.min(4, usable.length - 1);
      const facts = Array.from({ length: draws }, () => {
        const rows = random
          .shuffle(usable)
          .slice(0, random.pick([3, 3, 4]))
          .toSorted((a, b) => a - b);
        return movedFact(view, { rows, from, to, phrasing: 'risk_flags' }, random);
      });
      const filled = view.table.rows.length;
      const whole = usable.length === filled && filled >= 2 && filled <= mostRows;
      if (whole) {
        facts.push(movedFact(view, { rows: usable, from, to, phrasing: 'risk_flags_table' }, random));
      }
      return facts.flatMap((fact) => fact ?? []);
    }),
  );
}

/** Whether a percentage says how a row moved: both figures positive and of one kind, which is no percentage itself. */
function canMove(view: TableView, row: number, from: number, to: number): boolean {
  const kinds = [from, to].map((column) => figureKind(view.table, row, column));
  const positive = [from, to].every((column) => (figure(view, row, column) ?? 0) > 0);
  // Names are joined with semicolons in the answer.
  return (
    positive && kinds[0] === kinds[1] && kinds[0] !== 'percent' && !rowName(view.table, row).includes(';')
  );
}

function movedFact(
  view: TableView,
  {
    rows,
    from,
    to,
    phrasing,
  }: { rows: readonly number[]; from: number; to: number; phrasing: 'risk_flags' | 'risk_flags_table' },
  random: RandomStream,
): Fact | undefined {
  const growth = (row: number): number => figure(view, row, to)! / figure(view, row, from)! - 1;
  const moved = random.pick(['fell', 'rose'] as const);
  const direction = moved === 'rose' ? 1 : -1;
  const cases = limits.flatMap((limit) => {
    const sizes = rows.map((row) => direction * growth(row) * 100);
    // Exactly at the limit it would be a matter of rounding.
    if (sizes.some((size) => Math.abs(size - limit) < 1e-6)) return [];
    const found = rows.filter((_row, index) => sizes[index]! > limit);
    return found.length <= mostNames && found.length < Math.max(2, rows.length) ? [{ limit, found }] : [];
  });
  const wanted = random.pick([true, false, false]);
  const fitting = cases.filter(({ found }) => (found.length === 0) === wanted);
  if (fitting.length === 0) return undefined;
  const { limit, found } = random.pick(fitting);
  const names = found.map((row) => rowName(view.table, row));
  return {
    task: 'risk_flags',
    phrasing,
    words: {
      rows: enumerate(
        rows.map((row) => rowName(view.table, row)),
        'and',
      ),
      moved,
      limit: `${limit}%`,
      from: periodName(view, from),
      to: periodName(view, to),
    },
    response: names.length === 0 ? nothing : names.join('; '),
    derivation: rows
      .map((row) => `${place(view, row, from)}, ${place(view, row, to)}: ${(growth(row) * 100).toFixed(2)}%`)
      .join('; '),
    cells: rows.flatMap((row): [number, number][] => [
      [row, from],
      [row, to],
    ]),
  };
}

function signFacts(view: TableView, random: RandomStream): Fact[] {
  return view.series.flatMap((column, index) => {
    const signs = warningSigns(view, column, view.series[index - 1]);
    const sets = new Map<string, FoundSign[]>();
    const add = (some: readonly FoundSign[]): void => {
      sets.set(some.map(({ name }) => name).join(), [...some]);
    };
    for (const sign of signs) add([sign]);
    if (signs.length <= 4) add(signs);
    for (let draw = 0; draw < signs.length; draw++) {
      const chosen = random.shuffle(signs).slice(0, random.pick([2, 3]));
      add(signs.filter((sign) => chosen.includes(sign)));
    }
    const [quiet, telling] = [true, false].map((none) =>
      [...sets.values()].filter((some) => some.length > 0 && some.every(({ shown }) => !shown) === none),
    ) as [FoundSign[][], FoundSign[][]];
    const kept = Math.max(1, Math.round(telling.length / 2));
    return [...telling, ...random.shuffle(quiet).slice(0, kept)].map((some) => signFact(view, column, some));
  });
}

function signFact(view: TableView, column: number, signs: readonly FoundSign[]): Fact {
  const shown = signs.filter((sign) => sign.shown).map(({ name }) => name);
  const cells = new Map(signs.flatMap((sign) => sign.cells).map((cell) => [cell.join(), cell]));
  return {
    task: 'risk_flags',
    phrasing: 'risk_flags_signs',
    words: {
      signs: enumerate(
        signs.map(({ name }) => name),
        'or',
      ),
      in: periodName(view, column),
    },
    response: shown.length === 0 ? nothing : shown.join('; '),
    derivation: [...cells.values()].map(([row, one]) => place(view, row, one)).join('; '),
    cells: [...cells.values()],
  };
}
