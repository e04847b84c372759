/**
 * A step of the preparation: items in, items out, with an account of everything that was changed and removed.
 * @module
 */
import type { Item } from './item.js';

/** An item that a step took out. */
export interface RemovedItem {
  id: string;
  source: string;
  /** Name of the step. */
  step: string;
  /** Short name of the rule, for example `gopher_word_count`; counted by. */
  reason: string;
  /** In words, with figures: `31 words, at least 50 are wanted`. */
  detail?: string;
  /** Id of the item that is kept in its place. */
  kept?: string;
  /** Beginning of its text, for people; absent where it may hold personal data. */
  excerpt?: string;
}

/** An example of what a step does, for the report. */
export interface StepSample {
  /** Name of the rule, as in the counts. */
  rule: string;
  id: string;
  before: string;
  /** Absent where the item was removed. */
  after?: string;
}

/** What a step made of a batch of items. */
export interface StepOutcome {
  /** The items that go on, in the order of the batch. */
  items: Item[];
  removed: RemovedItem[];
  /** How often each rule changed something, by name of the rule. */
  counts: Record<string, number>;
  /** A few; whoever runs the step keeps the first of each rule. */
  samples: StepSample[];
}

/**
 * Works on a batch of items: a part of the whole, in a worker thread. Equal batches give equal outcomes, whatever was
 * worked on before.
 */
export type Step = (items: Item[]) => Promise<StepOutcome>;
