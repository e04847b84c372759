/**
 * Loss curves from `metrics.jsonl`.
 * @module
 */
import { isEvaluation, type Metrics } from '../../train/metrics.js';
import type { CurvePoint } from './charts.js';

/** Training steps drawn at most; longer runs are averaged in equal stretches. */
const mostPoints = 400;

/** The three curves of the chart. */
export function lossCurves(metrics: readonly Metrics[]): {
  training: CurvePoint[];
  smoothed: CurvePoint[];
  evaluation: CurvePoint[];
} {
  const training: CurvePoint[] = [];
  const evaluation: CurvePoint[] = [];
  for (const line of metrics) {
    if (isEvaluation(line)) evaluation.push({ step: line.step, loss: line.eval_loss });
    else training.push({ step: line.step, loss: line.loss });
  }
  return { training: thin(training), smoothed: thin(smooth(training)), evaluation };
}

/** Mean over a window around each step, a twentieth of the run wide and cut off at both ends. */
export function smooth(points: readonly CurvePoint[]): CurvePoint[] {
  const reach = Math.max(1, Math.round(points.length / 40));
  const sums = [0];
  for (const { loss } of points) sums.push(sums.at(-1)! + loss);
  return points.map(({ step }, index) => {
    const from = Math.max(0, index - reach);
    const to = Math.min(points.length, index + reach + 1);
    return { step, loss: (sums[to]! - sums[from]!) / (to - from) };
  });
}

function thin(points: readonly CurvePoint[]): CurvePoint[] {
  const stretch = Math.ceil(points.length / mostPoints);
  if (stretch <= 1) return [...points];
  const means: CurvePoint[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch);
    means.push({
      step: part.at(-1)!.step,
      loss: part.reduce((sum, { loss }) => sum + loss, 0) / part.length,
    });
  }
  return means;
}
