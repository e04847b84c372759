/**
 * What a question about a table is made of, before it is put into words.
 * @module
 */
import type { RandomStream } from '../../random.js';
import type { PairTask } from '../../recipe/data/tables.js';
import type { Phrasing } from './phrasings.js';
import type { TableView } from './table-view.js';

/** A question about a table, not yet in words. */
export interface Fact {
  task: PairTask;
  /** The list of phrasings that fits. */
  phrasing: Phrasing;
  /** Words for the phrasing's names. */
  words: Record<string, string>;
  /** What a model should say. */
  response: string;
  /** The value of the response, where that is an expression. */
  answer?: string;
  derivation: string;
  /** The figures that the question is about, as row and column; a document that leaves one out can't be asked it. */
  cells?: readonly (readonly [row: number, column: number])[];
}

/** Where facts about one table are made: with labels of other reports, for questions that it can't answer. */
export interface FactContext {
  view: TableView;
  /** Labels from other reports. */
  foreignLabels: readonly string[];
  random: RandomStream;
}

/** Finds the questions of one task. */
export type Maker = (context: FactContext) => Fact[];
