import { expect, it } from 'vitest';
import { scorerNamed, scorerNames } from '../scorers/registry.js';
import { figureOf } from './metric.js';
import { scoredItem } from './metrics.fixture.js';
import { metricsFor } from './registry.js';

const scorers = scorerNames.map((name) => scorerNamed(name)!);
const [exactMatch] = scorers;
const keys = (...given: Parameters<typeof metricsFor>) => metricsFor(...given).map(({ name }) => name);
const effort = ['stop_rate', 'latency_mean', 'new_tokens_mean', 'cost_per_item', 'cost_total'];
const classes = ['macro_f1', 'weighted_f1', 'mcc'];

it('begins with the means of the scorers, then what the kind of output allows', () => {
  const only = { scorers: [exactMatch!] };
  const labels = ['yes', 'no'];
  expect(keys('generate', only)).toEqual(['exact_match', 'bleu', 'chrf', ...effort]);
  expect(keys('generate', { ...only, labels })).toEqual([
    'exact_match',
    'label_accuracy',
    ...classes,
    ...effort,
  ]);
  const calibration = ['expected_calibration_error', 'brier_score'];
  expect(keys('multiple_choice', only)).toEqual(['exact_match', ...calibration, ...effort]);
  expect(keys('multiple_choice', { ...only, labels })).toEqual([
    'exact_match',
    ...classes,
    ...calibration,
    ...effort,
  ]);
  expect(keys('perplexity', { scorers: [] })).toEqual(['perplexity', 'word_perplexity', 'bits_per_byte']);
});

it('has no two metrics of one name', () => {
  for (const output of ['generate', 'multiple_choice', 'perplexity'] as const) {
    const names = keys(output, { scorers, labels: ['yes', 'no'] });
    expect(new Set(names).size).toBe(names.length);
  }
});

it('tells how many answers have a single kind of error', () => {
  const metrics = metricsFor('generate', { scorers });
  const scores = (exact: number, sign: number, percent: number, scale: number) =>
    scoredItem({
      scores: { exact_match: exact, sign_match: sign, percent_match: percent, scale_match: scale },
    });
  const items = [scores(1, 1, 1, 1), scores(0, 1, 0, 0), scores(0, 0, 1, 0), scores(0, 0, 1, 0)];
  items.push(scores(0, 0, 0, 0), scoredItem({ scores: { exact_match: 1 } }));
  const rate = (name: string) => figureOf(metrics.find((metric) => metric.name === name)!, items);
  expect(rate('sign_error_rate')).toBe(1 / 5);
  expect(rate('percent_error_rate')).toBe(2 / 5);
  expect(rate('scale_error_rate')).toBe(0);
});
