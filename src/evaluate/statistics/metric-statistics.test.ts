import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import type { ScoredItem } from '../answers-file.js';
import { type Metric, meanOf } from '../metrics/metric.js';
import { scoredItem } from '../metrics/metrics.fixture.js';
import { compareMetric, estimateMetric } from './metric-statistics.js';
import { comparePaired } from './paired.js';
import { alone, references } from './references.fixture.js';
import { scoreInterval } from './wilson.js';

const settings = { confidence: 0.95, resamples: 4000, seed: 3 };

const scored = (scores: readonly number[], groups: readonly string[]): ScoredItem[] =>
  scores.map((score, index) => scoredItem({ group: groups[index]!, scores: { right: score } }));

const labels = ['a', 'b', 'c'];
const macroF1: Metric = {
  name: 'macro_f1',
  higherIsBetter: true,
  unit: 'share',
  terms: ({ answer, reference }) =>
    labels.flatMap((label) => [
      Number(answer === label && reference === label),
      Number(answer === label) + Number(reference === label),
    ]),
  value: (sums) => [0, 2, 4].reduce((sum, at) => sum + (2 * sums[at]!) / sums[at + 1]! / 3, 0),
};

const perplexity: Metric = {
  name: 'perplexity',
  higherIsBetter: false,
  unit: 'perplexity',
  terms: ({ text_likelihood }) => text_likelihood && [text_likelihood.nats, text_likelihood.tokens],
  value: (sums) => Math.exp(-sums[0]! / sums[1]!),
};

const labelled = (answers: readonly string[], truth: readonly string[]): ScoredItem[] =>
  answers.map((answer, index) => scoredItem({ answer, reference: truth[index]!, group: `${index}` }));

describe('comparison of any metric', () => {
  it("gives scikit-learn's macro-F1 and SciPy's exact permutation test", () => {
    const { truth, candidate, baseline, figures, p } = references.paired.macro_f1;
    const compared = compareMetric(macroF1, labelled(candidate, truth), labelled(baseline, truth), settings);
    expect(compared.candidate).toBeCloseTo(figures[0]!, 12);
    expect(compared.baseline).toBeCloseTo(figures[1]!, 12);
    expect(compared.pValue).toBeCloseTo(p, 12);
  });

  it("gives statsmodels' clustered standard error of a mean", () => {
    const { groups, candidate, baseline, standard_error } = references.paired.clustered;
    const compared = compareMetric(
      meanOf('right'),
      scored(candidate, groups),
      scored(baseline, groups),
      settings,
    );
    expect(compared.standardError).toBeCloseTo(standard_error, 12);
    expect(compared).toEqual(comparePaired(candidate, baseline, groups, settings));
  });

  it('leaves out items that the metric applies to on one side only', () => {
    const candidate = [scoredItem({}), ...scored([1, 1, 0, 1], ['a', 'b', 'c', 'd'])];
    const baseline = [...scored([1, 0, 0, 0], ['x', 'a', 'b', 'c']), scoredItem({ group: 'd' })];
    const compared = compareMetric(meanOf('right'), candidate, baseline, settings);
    expect(compared).toMatchObject({ n: 3, groups: 3, candidate: 2 / 3, baseline: 0 });
  });

  it('does not clamp what is no share, nor turn its sign', () => {
    const random = randomStream(1, 'perplexity');
    const texts = (shift: number): ScoredItem[] =>
      alone(30).map((group) => {
        const nats = -100 * (2.5 + shift + 0.1 * random.normal());
        return scoredItem({ group, text_likelihood: { nats, tokens: 100, bytes: 400, greedy: false } });
      });
    const compared = compareMetric(perplexity, texts(0.5), texts(0), settings);
    expect(compared.difference).toBeGreaterThan(7);
    expect(compared.interval.low).toBeGreaterThan(6);
    expect(compared.interval.high).toBeLessThan(10);
    expect(compared.pValue).toBeLessThan(0.001);
    const one = compareMetric(perplexity, texts(0).slice(0, 1), texts(1).slice(0, 1), settings);
    expect(one.interval).toEqual({ low: -Infinity, high: Infinity });
  });

  it('knows nothing where the figure is not defined, or not without one group', () => {
    const truth = ['a', 'a', 'b', 'b', 'b', 'a'];
    const undefinedClass = compareMetric(macroF1, labelled(truth, truth), labelled(truth, truth), settings);
    expect(undefinedClass.difference).toBeNaN();
    expect(undefinedClass.interval).toEqual({ low: -1, high: 1 });
    expect(undefinedClass.pValue).toBe(1);
    const once = ['c', ...truth];
    const hanging = compareMetric(macroF1, labelled(once, once), labelled(once, once), settings);
    expect(hanging.difference).toBe(0);
    expect(hanging.interval).toEqual({ low: -1, high: 1 });
    expect(compareMetric(macroF1, [], [], settings)).toMatchObject({ n: 0, groups: 0, pValue: 1 });
  });

  it('leaves out resamples that lack a class', () => {
    const truth = [...new Array(10).fill('a'), ...new Array(10).fill('b'), 'c', 'c', 'c'];
    const { interval, value } = estimateMetric(macroF1, labelled(truth.with(0, 'b'), truth), settings);
    expect(interval.low).toBeGreaterThan(0.6);
    expect(interval.low).toBeLessThan(value);
    expect(interval.high).toBe(1);
  });
});

describe('estimate of a metric', () => {
  it("gives Wilson's clustered interval for a mean", () => {
    const { groups, candidate } = references.paired.clustered;
    expect(estimateMetric(meanOf('right'), scored(candidate, groups), settings)).toEqual({
      n: 60,
      groups: 12,
      value: candidate.reduce((sum, score) => sum + score, 0) / 60,
      interval: scoreInterval(candidate, groups, 0.95),
    });
  });

  it.each(references.wilson)("gives statsmodels' interval of $right of $n", ({ right, n, interval }) => {
    const scores = Array.from({ length: n }, (_, index) => (index < right ? 1 : 0));
    const estimate = estimateMetric(meanOf('right'), scored(scores, alone(n)), settings);
    expect(estimate.interval.low).toBeCloseTo(interval[0]!, 9);
    expect(estimate.interval.high).toBeCloseTo(interval[1]!, 9);
  });

  it('takes no other ratio for a mean of items', () => {
    const weighted: Metric = { ...meanOf('right'), terms: ({ scores }) => [3 * scores.right!, 3] };
    const items = scored([1, 0, 1, 1, 0, 1, 1, 1], alone(8));
    const { value, interval } = estimateMetric(weighted, items, settings);
    expect(value).toBe(0.75);
    expect(interval).not.toEqual(estimateMetric(meanOf('right'), items, settings).interval);
  });

  it('counts one large group among small ones for what it tells', () => {
    const groups = [...new Array(100).fill('large'), ...alone(20)];
    const scores = groups.map((_, index) => index % 2);
    const compared = comparePaired(
      scores,
      scores.map((score) => 1 - score),
      groups,
      settings,
    );
    expect(compared.groups).toBe(21);
    expect(compared.effectiveGroups).toBeCloseTo(120 ** 2 / (100 ** 2 + 20), 12);
  });
});
