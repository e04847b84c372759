/**
 * A sentence of an analysis, and the questions about the numbers that it computes.
 * @module
 */
import { place } from '../choices.js';
import type { Fact } from '../fact.js';
import type { TableView } from '../table-view.js';
import type { ToldSentence } from './form.js';

/** A sentence with questions about its computed numbers. */
export interface AnalysisLine extends ToldSentence {
  kind: 'growth' | 'change' | 'trend' | 'points' | 'share' | 'concentration' | 'ratio' | 'difference';
  /** Rows that it is about, without totals that it only compares with. */
  rows: number[];
  stated: Fact[];
}

/** A question about a computed number, answered with the number as the analysis states it. */
export function stated(
  phrasing: Fact['phrasing'],
  response: string,
  cells: Fact['cells'],
  view: TableView,
  words: Record<string, string>,
): Fact {
  const figures = cells.map(([row, column]) => place(view, row, column)).join('; ');
  return {
    task: 'look_up',
    phrasing,
    words,
    response,
    cells,
    derivation: `stated by the analysis, from ${figures}`,
  };
}
