/**
 * The order in which an epoch uses its rows: shuffled, with rows of one context (the same document,
 * table or system text) dealt out over the epoch's optimizer steps, so that a step stays diverse.
 * @module
 */
import { AttuneError } from '../errors.js';
import type { RandomStream } from '../random.js';

/** What {@link orderEpoch} deals out. */
export interface EpochOrderOptions {
  /** Number of rows; they are 0 … rows - 1. */
  rows: number;
  rowsPerStep: number;
  /** Contexts of each row; absent when nothing is known about them. */
  contextsPerRow?: readonly (readonly string[])[];
  /** At most this many rows of one context in a step; absent: as few as the dealing gives. */
  maxRowsPerContext?: number;
  random: RandomStream;
}

/** The steps of one epoch while rows are dealt to them. */
class Table {
  readonly rows: number[][];
  readonly #counts: Map<string, number>[];
  readonly #dealt = new Map<string, number>();

  constructor(steps: number) {
    this.rows = Array.from({ length: steps }, () => []);
    this.#counts = Array.from({ length: steps }, () => new Map());
  }

  /** The most rows that one of `contexts` has in `step`. */
  crowding(step: number, contexts: readonly string[]): number {
    let most = 0;
    for (const context of contexts) most = Math.max(most, this.#counts[step]!.get(context) ?? 0);
    return most;
  }

  /** No step can be less crowded than this (pigeonhole), so a search may stop there. */
  bestPossible(contexts: readonly string[]): number {
    let most = 0;
    for (const context of contexts) {
      most = Math.max(most, Math.floor((this.#dealt.get(context) ?? 0) / this.rows.length));
    }
    return most;
  }

  place(row: number, step: number, contexts: readonly string[]): void {
    this.rows[step]!.push(row);
    const counts = this.#counts[step]!;
    for (const context of contexts) {
      counts.set(context, (counts.get(context) ?? 0) + 1);
      this.#dealt.set(context, (this.#dealt.get(context) ?? 0) + 1);
    }
  }
}

/**
 * The rows of one epoch in the order of their use; every `rowsPerStep` of them are a step and the last
 * step takes what is left.
 *
 * Rows are grouped by context and dealt like cards over the steps, which come in random order; each row goes
 * to the next step that holds fewest rows of its contexts. With one context a row this is the most even
 * spread there is, apart from the smaller last step; with several it is a good one.
 *
 * @throws {AttuneError} when a step would hold more than `maxRowsPerContext` rows of one context
 */
export function orderEpoch(options: EpochOrderOptions): number[] {
  const { rows, rowsPerStep, contextsPerRow, random } = options;
  const shuffled = random.shuffle(Array.from({ length: rows }, (_, row) => row));
  if (!contextsPerRow?.some((contexts) => contexts.length > 0)) return shuffled;

  const steps = Math.ceil(rows / rowsPerStep);
  const room = Array.from({ length: steps }, (_, step) => Math.min(rowsPerStep, rows - step * rowsPerStep));
  const table = new Table(steps);
  // The steps that have room, as a ring in random order: `next[i]` follows place `i`.
  const ring = random.shuffle(Array.from({ length: steps }, (_, step) => step));
  const next = ring.map((_, place) => (place + 1) % steps);
  let before = steps - 1;
  let open = steps;

  for (const row of byContext(shuffled, contextsPerRow)) {
    const contexts = contextsPerRow[row]!;
    const enough = table.bestPossible(contexts);
    let bestBefore = before;
    let best = Number.POSITIVE_INFINITY;
    for (let tried = 0, at = before; tried < open && best > enough; tried++, at = next[at]!) {
      const crowding = table.crowding(ring[next[at]!]!, contexts);
      if (crowding < best) [best, bestBefore] = [crowding, at];
    }
    const place = next[bestBefore]!;
    const step = ring[place]!;
    if (options.maxRowsPerContext !== undefined && best >= options.maxRowsPerContext && contexts.length > 0) {
      throw crowdedStep(best + 1, options.maxRowsPerContext);
    }
    table.place(row, step, contexts);
    if (table.rows[step]!.length === room[step]) {
      next[bestBefore] = next[place]!;
      open--;
      before = bestBefore;
    } else {
      before = place;
    }
  }

  const position = new Int32Array(rows);
  shuffled.forEach((row, index) => {
    position[row] = index;
  });
  return table.rows.flatMap((stepRows) => stepRows.sort((a, b) => position[a]! - position[b]!));
}

/** The error of a step that would hold `rows` rows of one context where only `allowed` are. */
export function crowdedStep(rows: number, allowed: number): AttuneError {
  return new AttuneError(`an optimizer step would hold ${rows} rows of one context, ${allowed} are allowed`, {
    field: 'max_rows_per_context_per_step',
    fix: `allow at least ${rows}, or make steps smaller (per_device_train_batch_size × gradient_accumulation_steps)`,
  });
}

/** Rows grouped by their most frequent context, groups and rows otherwise in the order given. */
function byContext(order: readonly number[], contextsPerRow: readonly (readonly string[])[]): number[] {
  const frequency = new Map<string, number>();
  for (const row of order) {
    for (const context of contextsPerRow[row]!) frequency.set(context, (frequency.get(context) ?? 0) + 1);
  }
  const groups = new Map<string | number, number[]>();
  for (const row of order) {
    let main: string | undefined;
    for (const context of contextsPerRow[row]!) {
      if (main === undefined || frequency.get(context)! > frequency.get(main)!) main = context;
    }
    const key = main ?? row;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].flat();
}
