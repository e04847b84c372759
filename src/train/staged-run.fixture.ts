/**
 * A run of several stages, executed one by one as a caller with gates does it.
 * @module
 */
import type { TrainEngine } from './engine.js';
import { finishTraining, runTraining, type TrainingOptions } from './loop.js';
import type { TrainingOutcome } from './outcome.js';
import type { Plan, StageToPlan } from './plan.js';
import { openRun, type Run } from './run-folder.js';
import type { StepRange } from './stage-steps.js';
import { fakeStage, fakeStagePlan, partsFrom, stageSettings } from './stages.fixture.js';
import { fakeDescription } from './training.fixture.js';

const settings = {
  ...stageSettings,
  per_device_train_batch_size: 2,
  gradient_accumulation_steps: 1,
  eval_steps: 3,
  save_steps: 2,
};

/** Stages `basics` of steps 1 to 4, its extension of 5 and 6, `tasks` of 7 to 10, `target` of 11 to 13. */
export function stagedPlan(target: Partial<StageToPlan> = {}, more: StageToPlan[] = []): Plan {
  const basics = fakeStage({
    name: 'basics',
    settings,
    parts: partsFrom(0, ['all', 8, 1]),
    extension: { length: { epochs: 0.5 }, times: 1 },
  });
  const tasks = { name: 'tasks', settings, parts: partsFrom(8, ['all', 8, 1]), carry: 'merged' } as const;
  const last = fakeStage({
    name: 'target',
    settings,
    parts: partsFrom(16, ['all', 6, 1]),
    optimizer: 'keep',
    ...target,
  });
  return fakeStagePlan([basics, fakeStage(tasks), last, ...more], 22);
}

/** What gates may make of the plan. */
export const courses: Record<'planned' | 'extended' | 'left early', readonly StepRange[]> = {
  planned: [
    { first: 1, last: 4 },
    { first: 7, last: 10 },
    { first: 11, last: 13 },
  ],
  extended: [
    { first: 1, last: 4 },
    { first: 5, last: 6 },
    { first: 7, last: 10 },
    { first: 11, last: 13 },
  ],
  'left early': [
    { first: 1, last: 3 },
    { first: 7, last: 9 },
    { first: 11, last: 13 },
  ],
};

/** Executes the ranges and finishes; stops where it is interrupted. */
export async function trainStages(
  ranges: readonly StepRange[],
  options: TrainingOptions,
): Promise<TrainingOutcome[]> {
  const outcomes: TrainingOutcome[] = [];
  for (const steps of ranges) {
    outcomes.push(await runTraining({ ...options, steps }));
    if (outcomes.at(-1)!.state === 'interrupted') return outcomes;
  }
  outcomes.push(await finishTraining(options));
  return outcomes;
}

/** Opens the folder, does `work` in it and closes it. */
export async function inRun<T>(
  directory: string,
  plan: Plan,
  engine: TrainEngine,
  work: (options: TrainingOptions & { run: Run }) => Promise<T>,
): Promise<T> {
  const run = await openRun(directory, fakeDescription(plan));
  try {
    return await work({ plan, engine, run, evalBatchSize: 2, saveTotalLimit: 1 });
  } finally {
    await run.close();
  }
}
