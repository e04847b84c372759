/**
 * What a selection does to the data, to be looked at before it is believed.
 * @module
 */
import { randomStream } from '../../random.js';
import type { CoverageSettings } from '../../recipe/data/coverage.js';
import { drawRows, nearestDistance, vectorTable } from './diversity.js';
import type { SelectionRow } from './selection-row.js';

/** A count before and after. */
export interface BeforeAfter {
  name: string;
  before: number;
  after: number;
}

/** Training items before and after a selection. */
export interface SelectionEffect {
  before: number;
  after: number;
  aspects: BeforeAfter[];
  /** The most frequent first. */
  tasks: BeforeAfter[];
  groups: BeforeAfter;
  /** Shares, not counts. */
  edge: BeforeAfter;
  hard: BeforeAfter;
  /** Mean `scores.quality`. */
  quality: BeforeAfter;
  /**
   * Mean distance to the nearest neighbour among the selected, and among as many drawn at random: the larger the more
   * diverse. Absent without vectors, or where nothing was removed.
   */
  neighbours?: { selected: number; random: number };
  /** Quotas that could not be met, in words. */
  unmet: string[];
}

/** Measures a selection; `kept` are positions in the pool. */
export function selectionEffect(
  pool: readonly SelectionRow[],
  kept: readonly number[],
  { aspects, hard_from }: CoverageSettings,
  unmet: string[],
  seed: number,
): SelectionEffect {
  const rows = kept.map((at) => pool[at]!);
  const tasks = counted(pool, rows, ({ task }) => [task]);
  const byAspect = counted(pool, rows, (row) => row.aspects);
  const share = (name: string, belongs: (row: SelectionRow) => boolean): BeforeAfter => {
    const of = (some: readonly SelectionRow[]): number =>
      some.length === 0 ? 0 : some.filter(belongs).length / some.length;
    return { name, before: of(pool), after: of(rows) };
  };
  const mean = (some: readonly SelectionRow[]): number =>
    some.length === 0 ? 0 : some.reduce((sum, { scores }) => sum + (scores.quality ?? 1), 0) / some.length;
  const neighbours = rows.length < pool.length ? measured(pool, kept, seed) : undefined;
  return {
    before: pool.length,
    after: rows.length,
    aspects: aspects.map(
      ({ name }) => byAspect.find((entry) => entry.name === name) ?? { name, before: 0, after: 0 },
    ),
    tasks,
    groups: {
      name: 'groups',
      before: new Set(pool.map(({ group }) => group)).size,
      after: new Set(rows.map(({ group }) => group)).size,
    },
    edge: share('edge cases', ({ scores }) => (scores.edge ?? 0) > 0),
    hard: share('hard items', ({ scores }) => (scores.hardness ?? 0) >= hard_from),
    quality: { name: 'quality', before: mean(pool), after: mean(rows) },
    ...(neighbours ? { neighbours } : {}),
    unmet,
  };
}

function counted(
  pool: readonly SelectionRow[],
  rows: readonly SelectionRow[],
  names: (row: SelectionRow) => readonly string[],
): BeforeAfter[] {
  const counts = new Map<string, BeforeAfter>();
  for (const row of pool) {
    for (const name of names(row)) {
      const entry = counts.get(name) ?? { name, before: 0, after: 0 };
      entry.before++;
      counts.set(name, entry);
    }
  }
  for (const row of rows) for (const name of names(row)) counts.get(name)!.after++;
  return [...counts.values()].sort((a, b) => b.before - a.before || (a.name < b.name ? -1 : 1));
}

function measured(
  pool: readonly SelectionRow[],
  kept: readonly number[],
  seed: number,
): { selected: number; random: number } | undefined {
  const size = pool[0]?.vector?.length ?? 0;
  if (size === 0 || !pool.every(({ vector }) => vector?.length === size)) return undefined;
  const table = vectorTable(pool.map(({ vector }) => vector!));
  const drawn = drawRows(pool.length, kept.length, randomStream(seed, 'quality', 'random'));
  return { selected: nearestDistance(table, kept, seed), random: nearestDistance(table, drawn, seed) };
}
