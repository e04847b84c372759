/**
 * Scored items, sums of terms, and the golden values of the reference implementations, for tests.
 * @module
 */
import { readFileSync } from 'node:fs';
import type { ScoredItem } from '../answers-file.js';
import type { Metric } from './metric.js';

/** A line of an answers file of which only some fields matter. */
export function scoredItem(fields: Partial<ScoredItem> = {}): ScoredItem {
  return {
    id: 'item',
    task: 'task',
    group: 'group',
    key: 'key',
    prompt: 'question',
    answer: '',
    value: null,
    reference: '',
    reference_value: null,
    scores: {},
    stopped: true,
    ...fields,
  };
}

/** Sums of the terms of all items that have some, as bootstrap and permutation make them. */
export function sumTerms(metric: Metric, items: readonly ScoredItem[]): number[] {
  const sums: number[] = [];
  for (const terms of items.map((item) => metric.terms(item))) {
    for (const [index, term] of (terms ?? []).entries()) sums[index] = (sums[index] ?? 0) + term;
  }
  return sums;
}

/** What `test/golden/make_metrics.py` writes. */
export interface Golden {
  overlap: {
    pairs: {
      answer: string;
      reference: string;
      words_13a: string[];
      rouge_l: number;
      rouge_l_stemmed: number;
    }[];
    references: { answer: string; references: string[]; rouge_l: number; rouge_l_stemmed: number }[];
    corpora: { pairs: number[]; bleu: number; chrf: number }[];
    stems: Record<string, string>;
  };
  classifications: {
    labels: string[];
    wanted: number[];
    given: number[];
    label_accuracy: number;
    macro_f1: number;
    weighted_f1: number;
    mcc: number;
  }[];
  choices: {
    questions: {
      choices: string[];
      likelihoods: number[];
      right: number;
      accuracy: number;
      accuracy_norm: number;
    }[];
    brier_score: number;
    expected_calibration_error: Record<string, number>;
  }[];
  likelihoods: {
    /** `text` is the number of a pair, whose reference is the text. */
    texts: { text: number; tokens: number; nats: number; bytes: number }[];
    perplexity: number;
    word_perplexity: number;
    bits_per_byte: number;
  }[];
}

export const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/metrics.json', import.meta.url), 'utf8'),
) as Golden;
