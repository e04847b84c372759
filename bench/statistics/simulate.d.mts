import type { judge } from '../../src/evaluate/comparison.js';
import type { compareMetric, estimateMetric } from '../../src/evaluate/statistics/metric-statistics.js';
import type { randomStream } from '../../src/random.js';

/** One row of the simulation. */
export interface Setting {
  kind: 'binary' | 'graded' | 'macro_f1';
  groups: number;
  /** Items of a group, in the mean where `unequal`. */
  size: number;
  unequal: boolean;
  /** How alike items of a group are, from 0 to 1; of both systems, or of each. */
  alike: number | [number, number];
  /** Chance of being right of candidate and baseline. */
  chances: [number, number];
}

export declare function measure(
  setting: Setting,
  options: { rounds: number; resamples: number; seed: number },
  statistics: {
    estimateMetric: typeof estimateMetric;
    compareMetric: typeof compareMetric;
    judge: typeof judge;
    randomStream: typeof randomStream;
  },
): { difference: number; score: number; verdicts: number; found: number };
