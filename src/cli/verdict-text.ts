/**
 * A verdict in one or two lines.
 * @module
 */
import type { Comparison } from '../evaluate/comparison.js';

/** Which system is better, by how much, on how many items, and how sure that is. */
export function describeComparison(comparison: Comparison): string {
  const { systems, benchmark, metric, scores, difference, confidence_interval, confidence, n, groups } =
    comparison;
  const [candidate, baseline] = systems;
  const [low, high] = confidence_interval;
  const verdict =
    comparison.verdict === 'cannot tell'
      ? `cannot tell whether ${candidate} is better than ${baseline}`
      : `${candidate} is ${comparison.verdict} than ${baseline}`;
  return [
    `Verdict: ${verdict}`,
    `  ${metric} on ${benchmark}: ${percent(scores[candidate]!)} against ${percent(scores[baseline]!)}, difference ${points(difference)} points, ${Math.round(confidence * 100)} % interval ${points(low)} to ${points(high)}, p ${comparison.p_value < 0.001 ? '< 0.001' : comparison.p_value.toFixed(3)}, ${n} items from ${groups} groups`,
  ].join('\n');
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const points = (value: number): string => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
