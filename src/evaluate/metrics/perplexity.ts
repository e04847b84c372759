/**
 * How well a system predicts given texts, as lm-evaluation-harness defines it: log-likelihoods are summed over all items
 * before anything is divided, so long texts count more.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import type { Metric } from './metric.js';
import { countPieces } from './white-space.js';

/** exp of the mean negative log-likelihood of a token. Compares only systems with one tokenizer. */
export const perplexity: Metric = {
  name: 'perplexity',
  higherIsBetter: false,
  unit: 'perplexity',
  terms: perSize(({ tokens }) => tokens),
  value: (sums) => Math.exp(-sums[0]! / sums[1]!),
};

/** exp of the mean negative log-likelihood of a word of the text; words are what stands between white space. */
export const wordPerplexity: Metric = {
  name: 'word_perplexity',
  higherIsBetter: false,
  unit: 'perplexity',
  terms: perSize((_, text) => countPieces(text)),
  value: (sums) => Math.exp(-sums[0]! / sums[1]!),
};

/** Bits that a perfect coder would need for a byte of the text in UTF-8 if it trusted the system's probabilities. */
export const bitsPerByte: Metric = {
  name: 'bits_per_byte',
  higherIsBetter: false,
  unit: 'bits',
  terms: perSize(({ bytes }) => bytes),
  value: (sums) => -sums[0]! / sums[1]! / Math.LN2,
};

/** Terms: log-likelihood in nats, and the size that it is divided by. */
function perSize(
  size: (likelihood: NonNullable<ScoredItem['text_likelihood']>, text: string) => number,
): Metric['terms'] {
  return ({ text_likelihood, reference }) =>
    text_likelihood && [text_likelihood.nats, size(text_likelihood, reference)];
}
