/**
 * The light rows that a selection works on.
 * @module
 */
import type { Split } from '../example.js';

/** What the selection needs to know about an item. */
export interface SelectionRow {
  /** Number of the item in the whole. */
  index: number;
  split?: Split;
  group: string;
  task: string;
  aspects: readonly string[];
  scores: Readonly<Record<string, number>>;
  /** Vectors of all rows have the same length; without one for every training row, tasks stand in for diversity. */
  vector?: Float32Array;
}
