/**
 * Multiple choice: whether a system's probabilities can be believed.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import type { Likelihood } from '../system.js';
import type { Metric } from './metric.js';

/**
 * Expected calibration error (Guo et al., *On calibration of modern neural networks*, arXiv 1706.04599): how far, on average, the
 * confidence in the picked choice is from the share of such choices that are right. Confidence is the picked choice's share
 * of the probability of all choices (softmax over their log-likelihoods). The bins have equal width, and their upper end
 * belongs to them.
 *
 * Terms: for every bin its items, the sum of their confidence and how many are right.
 */
export function expectedCalibrationError(bins = 10): Metric {
  return {
    name: 'expected_calibration_error',
    higherIsBetter: false,
    unit: 'share',
    terms(item) {
      const shares = sharesOf(item);
      if (!shares || item.choice === undefined) return undefined;
      const confidence = shares[item.choice]!;
      const bin = Math.max(0, Math.ceil(confidence * bins) - 1);
      const terms = new Array<number>(3 * bins).fill(0);
      terms.splice(3 * bin, 3, 1, confidence, Number(item.choice === item.reference_choice));
      return terms;
    },
    value(sums) {
      let items = 0;
      let error = 0;
      for (let bin = 0; bin < bins; bin++) {
        items += sums[3 * bin]!;
        error += Math.abs(sums[3 * bin + 1]! - sums[3 * bin + 2]!);
      }
      return error / items;
    },
  };
}

/**
 * Brier score of several classes (Brier, *Verification of forecasts expressed in terms of probability*, 1950) as
 * lm-evaluation-harness computes it: squared distance of the choices' probabilities (softmax over their
 * log-likelihoods) from 1 for the right one and 0 for the others. From 0 (certain and right) to 2 (certain and wrong).
 */
export const brierScore: Metric = {
  name: 'brier_score',
  higherIsBetter: false,
  unit: 'coefficient',
  terms(item) {
    const shares = sharesOf(item);
    if (!shares) return undefined;
    const squares = shares.map((share, index) => (share - Number(index === item.reference_choice)) ** 2);
    return [squares.reduce((sum, square) => sum + square, 0), 1];
  },
  value: (sums) => sums[0]! / sums[1]!,
};

/** Probability of each choice among all; undefined where likelihoods or the right choice are not known. */
function sharesOf({ likelihoods, reference_choice }: ScoredItem): number[] | undefined {
  if (!likelihoods || reference_choice === undefined) return undefined;
  return softmax(likelihoods);
}

function softmax(likelihoods: readonly Likelihood[]): number[] {
  const highest = Math.max(...likelihoods.map(({ logLikelihood }) => logLikelihood));
  const weights = likelihoods.map(({ logLikelihood }) => Math.exp(logLikelihood - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
