/**
 * A verdict in a few lines.
 * @module
 */
import type { SeedsResult } from '../evaluate/compare-runs.js';
import type { Comparison, Judgement } from '../evaluate/comparison.js';
import { seedSpread } from '../evaluate/statistics/seeds.js';
import type { SystemScores } from './pipeline/evaluation/evaluate.js';

/** Which system is better, by how much, on how many items, and how sure that is; or what was forgotten. */
export function describeComparison(comparison: Comparison): string {
  const { systems, benchmark, metric, unit, scores, difference, confidence_interval, power } = comparison;
  const { confidence, n, groups, p_value, forgetting } = comparison;
  const [candidate, baseline] = systems;
  const [low, high] = confidence_interval;
  const value = (figure: number): string =>
    unit === 'share' ? percent(figure) : String(Number(figure.toPrecision(4)));
  const change = (figure: number): string => (unit === 'share' ? points(figure) : signed(figure));
  const lines = [
    forgetting
      ? `Forgetting: ${retention(forgetting, candidate)}`
      : `Verdict: ${sentence(comparison.verdict, candidate, baseline)}`,
    `  ${metric} on ${benchmark}: ${value(scores[candidate]!)} against ${value(scores[baseline]!)}, difference ${change(difference)}${unit === 'share' ? ' points' : ''}, ${Math.round(confidence * 100)} % interval ${change(low)} to ${change(high)}, p ${p_value < 0.001 ? '< 0.001' : p_value.toFixed(3)}, ${n} items from ${groups} groups`,
  ];
  if (comparison.verdict === 'cannot tell' && power) {
    lines.push(
      `  these items show a difference of ${points(power.detectable_difference)} points or more; ${points(power.wanted_difference)} would take about ${power.required_items} items from ${power.required_groups} groups`,
    );
  }
  return lines.join('\n');
}

/** Every metric of a system on a benchmark, on one line. */
export function describeScores({ system, benchmark, items, metrics }: SystemScores): string {
  const values = Object.entries(metrics).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  return `${system} on ${benchmark} (${items} items): ${values.join(', ')}`;
}

/** The same over several seeds of both recipes. */
export function describeSeeds(result: SeedsResult): string {
  const { benchmark, metric, items, seeds, confidence, verdict, candidateMeans, baselineMeans } = result;
  const level = `${Math.round(confidence * 100)} % interval`;
  const interval = ({ low, high }: { low: number; high: number }): string =>
    Number.isFinite(low) ? `${points(low)} to ${points(high)}` : 'unknown from one seed each';
  return [
    `Verdict: ${sentence(verdict, 'the candidate', 'the baseline')}`,
    `  ${metric} on ${benchmark}: ${spread(candidateMeans)} against ${spread(baselineMeans)}, difference ${points(items.difference)} points`,
    `  over items: ${level} ${interval(items.interval)}, p ${items.pValue.toFixed(3)}, ${items.n} items from ${items.groups} groups`,
    `  over seeds: ${level} ${interval(seeds.interval)}`,
  ].join('\n');
}

function spread(means: readonly number[]): string {
  const { n, mean, sd, min, max } = seedSpread(means);
  if (n === 1) return percent(mean);
  return `${percent(mean)} (${n} seeds, ${(100 * min).toFixed(1)} to ${(100 * max).toFixed(1)}, sd ${(100 * sd).toFixed(1)})`;
}

function sentence(verdict: Judgement, candidate: string, baseline: string): string {
  return verdict === 'cannot tell'
    ? `cannot tell whether ${candidate} is better than ${baseline}`
    : `${candidate} is ${verdict} than ${baseline}`;
}

function retention({ outcome, max_loss }: NonNullable<Comparison['forgetting']>, candidate: string): string {
  const bound = percent(max_loss);
  if (outcome === 'kept')
    return `${candidate} kept its general abilities (a loss of ${bound} or more is ruled out)`;
  if (outcome === 'lost') return `${candidate} lost more than the ${bound} that the recipe puts up with`;
  return `cannot tell whether ${candidate} lost more than ${bound}`;
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const points = (value: number): string => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${Number(value.toPrecision(4))}`;
