/**
 * Chooses training items by quotas, score and diversity when there are more than wanted.
 * @module
 */
import { randomStream } from '../../random.js';
import type { CoverageSettings } from '../../recipe/data/coverage.js';
import type { SelectionSettings } from '../../recipe/data/quality.js';
import { affordable, clusterRows, drawRows, farthestFirst, inTurns, vectorTable } from './diversity.js';
import { Quotas } from './quotas.js';
import { type SelectionEffect, selectionEffect } from './selection-effect.js';
import type { SelectionRow } from './selection-row.js';

/** What is chosen, and what that does. */
export interface Selection {
  /** 1 at the index of every item that stays. */
  keep: Uint8Array;
  effect: SelectionEffect;
}

/** Multiplications that a greedy order which was asked for may take: about half a minute on one core. */
const atMost = 3e10;

/**
 * Chooses among the rows of the training split (rows without a split count as such); all others stay. Nothing is removed
 * unless `max_items` or an aspect's `max_share` asks for it. First the quotas are met, the aspect with fewest items to
 * spare first, then the edge cases and hard items that are wanted, then the rest, each in the order of diversity and
 * score. Equal rows, settings and seed give equal choices.
 *
 * Cost: `clusters` takes 64 times the rows times the length of a vector multiplications (100,000 rows of 256: five
 * seconds), `k_center` half of the rows (or twice `max_items`) times `max_items` times the length; memory is the vectors and about 100 bytes a row.
 * For sets of several million rows select by part.
 */
export function selectItems(
  rows: readonly SelectionRow[],
  settings: { selection: SelectionSettings; coverage: CoverageSettings },
  seed: number,
): Selection {
  const { selection, coverage } = settings;
  const pool = rows.filter(({ split }) => split === undefined || split === 'train');
  const limit = Math.min(selection.max_items ?? pool.length, pool.length);
  const quotas = new Quotas(pool, coverage);
  let kept: number[];
  if (limit === pool.length && !quotas.isExceeded(limit)) kept = pool.map((_row, at) => at);
  else kept = quotas.choose(ranking(pool, limit, selection, seed), limit);
  const keep = new Uint8Array(rows.reduce((most, { index }) => Math.max(most, index + 1), 0));
  for (const row of rows) if (row.split !== undefined && row.split !== 'train') keep[row.index] = 1;
  for (const at of kept) keep[pool[at]!.index] = 1;
  return { keep, effect: selectionEffect(pool, kept, coverage, quotas.unmet(kept), seed) };
}

/** Positions in the pool, the most wanted first. Within a cluster too the farthest come first, where that is affordable. */
function ranking(
  pool: readonly SelectionRow[],
  limit: number,
  { order_by, diversity }: SelectionSettings,
  seed: number,
): number[] {
  const tie = drawRows(pool.length, pool.length, randomStream(seed, 'quality', 'order'));
  const values = pool.map((row) => preference(row, order_by));
  const byValue = tie.toSorted((a, b) => values[b]! - values[a]!);
  const size = pool[0]?.vector?.length ?? 0;
  const usable = size > 0 && pool.every(({ vector }) => vector?.length === size);
  if (diversity === 'none') return byValue;
  if (!usable) return inTurns(grouped(byValue, (at) => pool[at]!.task));
  const table = vectorTable(pool.map(({ vector }) => vector!));
  // The worse half by score is left out where there are enough others.
  const wanted = Math.min(pool.length, Math.max(2 * limit, Math.ceil(pool.length / 2)));
  const greedy = diversity === 'k_center' || (diversity === 'auto' && wanted * limit * size <= affordable);
  if (greedy) {
    const candidates = byValue.slice(
      0,
      Math.max(limit, Math.min(wanted, Math.floor(atMost / (limit * size)))),
    );
    // Where even the wanted ones are too many, the best by score fill up what the greedy order leaves.
    const first = farthestFirst(
      table,
      candidates,
      Math.min(limit, Math.floor(atMost / (candidates.length * size))),
    );
    const taken = new Set(first);
    return [...first, ...byValue.filter((at) => !taken.has(at))];
  }
  const clusters = Math.max(1, Math.min(64, limit, Math.round(Math.sqrt(pool.length / 2))));
  const cluster = clusterRows(table, pool.length, clusters, seed);
  const groups = grouped(byValue, (at) => cluster[at]!);
  const each = Math.ceil((2 * limit) / groups.length);
  if (pool.length * each * size > 2 * affordable) return inTurns(groups);
  return inTurns(
    groups.map((members) => {
      const first = farthestFirst(table, members, each);
      const taken = new Set(first);
      return [...first, ...members.filter((at) => !taken.has(at))];
    }),
  );
}

/** Members by key, the order kept; small groups first, so that a short selection has some of each. */
function grouped<K>(order: readonly number[], keyOf: (at: number) => K): number[][] {
  const groups = new Map<K, number[]>();
  for (const at of order) {
    const members = groups.get(keyOf(at));
    if (members) members.push(at);
    else groups.set(keyOf(at), [at]);
  }
  return [...groups.values()].sort((a, b) => a.length - b.length);
}

/** The score that items are preferred by, about 0 to 1. */
function preference({ scores }: SelectionRow, order: SelectionSettings['order_by']): number {
  const quality = scores.quality ?? 1;
  switch (order) {
    case 'quality':
      return quality;
    case 'hardness':
      return quality * (scores.hardness ?? 0);
    case 'judge':
      return quality * (scores.judge === undefined ? 0.5 : (scores.judge - 1) / 4);
    case 'difficulty': {
      // Above 1 the question does not help at all: Li et al. leave such items out.
      const difficulty = scores.difficulty ?? 0.5;
      return difficulty >= 1 ? -1 : quality * difficulty;
    }
  }
}
