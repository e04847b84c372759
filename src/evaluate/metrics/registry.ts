/**
 * Which metrics belong to which kind of benchmark.
 * @module
 */
import type { OutputType } from '../benchmarks/benchmark.js';
import type { Scorer } from '../scorers/scorer.js';
import { bleu } from './bleu.js';
import { brierScore, expectedCalibrationError } from './calibration.js';
import { chrf } from './chrf.js';
import { labelAccuracy, macroF1, mcc, weightedF1 } from './classification.js';
import { costPerItem, costTotal, latencyMean, newTokensMean, stopRate } from './effort.js';
import { type Metric, meanOf } from './metric.js';
import { numericErrorRates } from './numeric-errors.js';
import { bitsPerByte, perplexity, wordPerplexity } from './perplexity.js';

/** What {@link metricsFor} goes by. */
export interface MetricsOptions {
  /** The classes, where the benchmark is a classification. */
  labels?: readonly string[];
  scorers: readonly Pick<Scorer, 'name'>[];
}

/**
 * The metrics of a benchmark: the means of its scorers, then what makes sense for its kind of output. A metric that
 * applies to no item of a system (cost where no prices are known) comes out as NaN.
 */
export function metricsFor(output: OutputType, { labels, scorers }: MetricsOptions): Metric[] {
  const means = scorers.map(({ name }) => meanOf(name));
  const effort = [stopRate, latencyMean, newTokensMean, costPerItem, costTotal];
  const classes = labels ? [macroF1(labels), weightedF1(labels), mcc(labels)] : [];
  switch (output) {
    case 'generate':
      return [
        ...means,
        ...(labels ? [labelAccuracy(labels), ...classes] : [...numericErrorRates(scorers), bleu, chrf]),
        ...effort,
      ];
    case 'multiple_choice':
      return [...means, ...classes, expectedCalibrationError(), brierScore, ...effort];
    case 'perplexity':
      return [...means, perplexity, wordPerplexity, bitsPerByte];
  }
}
