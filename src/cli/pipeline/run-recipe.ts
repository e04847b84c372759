/**
 * Everything that a recipe asks for, from the sources to the report.
 * @module
 */
import { type EvaluationResult, evaluateRun } from './evaluation/run-evaluation.js';
import { settingOfRun } from './evaluation/setting.js';
import { prepareInputs } from './inputs.js';
import type { Job } from './job.js';
import { askStages } from './stages/ask-stage.js';
import { openRecipeRun, planRun, trainRun } from './training.js';

/** What a run gave. */
export interface RunResult extends EvaluationResult {
  /** Run folder. */
  directory: string;
  /** Folder of the adapter or the tuned model. */
  result: string;
}

/**
 * Prepares the data, plans, scores the base, trains, scores the result, compares and reports. What was done before
 * with the same input and settings is not done again, so a stopped run goes on where it was.
 *
 * @throws AttuneError where the work fails; Interrupted where the job's signal stopped it
 */
export async function runRecipe(job: Job): Promise<RunResult> {
  const inputs = await prepareInputs(job);
  const plan = await planRun(job, inputs);
  const run = await openRecipeRun(job, inputs, plan);
  try {
    const setting = settingOfRun(job, inputs, run.directory);
    const conclusion = await evaluateRun(setting, (benchmarks) =>
      trainRun(job, inputs, plan, { run, ask: askStages(setting, benchmarks) }),
    );
    return { directory: run.directory, result: run.resultDirectory(plan), ...conclusion };
  } finally {
    await run.close();
  }
}
