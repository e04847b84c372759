/**
 * Asks the model that a stage left its benchmarks.
 * @module
 */
import { type OpenedBenchmark, openBenchmarks } from '../evaluation/benchmarks.js';
import { evaluateSystems } from '../evaluation/evaluate.js';
import type { EvaluationSetting } from '../evaluation/setting.js';
import type { ResultKind } from './stage-result.js';
import { stageSystem } from './stage-system.js';

/** Metrics of benchmarks, by benchmark and metric. */
export type StageScores = Record<string, Record<string, number>>;

/** Lets the model of a stage answer benchmarks, by their names in the recipe. */
export type AskStage = (
  stage: { name: string; kind: ResultKind; directory: string },
  benchmarks: readonly string[],
) => Promise<StageScores>;

/**
 * Asks in the way in which the evaluation asks the tuned model; answers are kept in the run folder beside those of the
 * other systems.
 *
 * @param benchmarks where they are opened already
 */
export function askStages(setting: EvaluationSetting, benchmarks?: readonly OpenedBenchmark[]): AskStage {
  let opened: Promise<readonly OpenedBenchmark[]> | undefined;
  return async ({ name, kind, directory }, names) => {
    opened ??= benchmarks ? Promise.resolve(benchmarks) : openBenchmarks(setting);
    const asked = (await opened).filter(({ entry }) => names.includes(entry.name));
    if (asked.length === 0) return {};
    const tuned = { kind, directory, name: stageSystem(name) };
    const scores = await evaluateSystems({ ...setting, tuned }, asked, ['tuned']);
    return Object.fromEntries(scores.map(({ benchmark, metrics }) => [benchmark, metrics]));
  };
}
