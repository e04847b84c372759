/**
 * An evaluation from its first question to its report.
 * @module
 */
import type { Comparison } from '../../../evaluate/comparison.js';
import { type OpenedBenchmark, openBenchmarks } from './benchmarks.js';
import { concludeEvaluation, evaluateSystems, type SystemScores } from './evaluate.js';
import { judgeAnswers } from './judge.js';
import type { EvaluationSetting } from './setting.js';

/** What an evaluation gave. */
export interface EvaluationResult {
  scores: SystemScores[];
  comparisons: Comparison[];
  /** Path of the report. */
  report: string;
}

/**
 * Asks every system but `tuned`, trains, asks `tuned`, lets the judge judge, compares and reports. The others come
 * first, so that a benchmark, a key or an endpoint that does not work is found before the long part.
 *
 * @param train makes the tuned model, or finds it made; absent where there is none to make
 */
export async function evaluateRun(
  setting: EvaluationSetting,
  train?: (benchmarks: readonly OpenedBenchmark[]) => Promise<unknown>,
): Promise<EvaluationResult> {
  const { systems } = setting.evaluation;
  const benchmarks = await openBenchmarks(setting);
  const before = systems.filter((system) => system !== 'tuned');
  const after = systems.filter((system) => system === 'tuned');
  const scores = await evaluateSystems(setting, benchmarks, before);
  await train?.(benchmarks);
  scores.push(...(await evaluateSystems(setting, benchmarks, after)));
  await judgeAnswers(setting, benchmarks);
  return { scores, ...(await concludeEvaluation(setting, benchmarks)) };
}
