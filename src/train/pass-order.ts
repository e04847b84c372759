/**
 * The order of the rows of one pass: shuffled, sorted by a key, or annealed from easy to all.
 * @module
 */
import type { RandomStream } from '../random.js';
import type { StageSettings } from '../recipe/stages.js';
import { type EpochOrderOptions, orderEpoch } from './order.js';

/** What {@link orderPass} orders. */
export interface PassOrderOptions extends EpochOrderOptions {
  order: StageSettings['order'];
  /** For each row what it is ordered by, the smallest first; not used by `random`. */
  keys?: ArrayLike<number>;
}

/** Share of the rows that an annealed pass begins with. */
const firstCompetence = 0.1;

/**
 * The rows of one pass in the order of their use, each of them once.
 *
 * `random` is {@link orderEpoch}. `annealed` is the competence-based curriculum of Platanios et al. 2019
 * (arXiv 1903.09848) over one pass: at the part `t` of it a row is drawn at random from those of the easiest
 * `sqrt(t (1 - c0²) + c0²)` of the rows that are not used yet, with `c0` = 0.1. All other orders are ascending
 * by key. Rows with equal keys come in random order.
 *
 * @throws {AttuneError} as {@link orderEpoch} does
 */
export function orderPass(options: PassOrderOptions): number[] {
  const { order, rows, keys, random } = options;
  if (order === 'random' || !keys) return orderEpoch(options);
  const shuffled = random.shuffle(Array.from({ length: rows }, (_, row) => row));
  const sorted = shuffled.sort((a, b) => keys[a]! - keys[b]!);
  return order === 'annealed' ? anneal(sorted, random) : sorted;
}

function anneal(sorted: readonly number[], random: RandomStream): number[] {
  const rows = sorted.length;
  const pool: number[] = [];
  let opened = 0;
  return sorted.map((_, used) => {
    const competence = Math.sqrt((used / rows) * (1 - firstCompetence ** 2) + firstCompetence ** 2);
    // More than `used` of them, because the root of a share is above the share: the pool is never empty.
    for (const open = Math.ceil(competence * rows); opened < open; opened++) pool.push(sorted[opened]!);
    const drawn = random.integer(pool.length);
    const row = pool[drawn]!;
    pool[drawn] = pool.at(-1)!;
    pool.pop();
    return row;
  });
}
