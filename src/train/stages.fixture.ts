/**
 * Plans of several stages over rows that are only numbers, for tests.
 * @module
 */
import { randomStream } from '../random.js';
import { makePlan, type PartToPlan, type Plan, type PlanInput, type StageToPlan } from './plan.js';
import { fakeEngineSettings, fakeSettings, fakeShards } from './training.fixture.js';

/** Steps of eight rows, a linear schedule with a tenth of warm-up, evaluations and checkpoints now and then. */
export const stageSettings = {
  ...fakeSettings,
  per_device_train_batch_size: 1,
  gradient_accumulation_steps: 8,
  lr_scheduler_type: 'linear' as const,
  eval_steps: 5,
  save_steps: 7,
};

/** Parts one behind the other from `firstRow` on, each as `[name, rows, share]`; a part named `replay` is replay. */
export function partsFrom(
  firstRow: number,
  ...parts: [name: string, rows: number, share: number][]
): PartToPlan[] {
  let next = firstRow;
  return parts.map(([name, rows, share]) => {
    const part = { name, firstRow: next, rows, share, replay: name === 'replay' };
    next += rows;
    return part;
  });
}

/** A stage of one epoch over ten rows unless `changes` says otherwise. */
export function fakeStage(changes: Partial<StageToPlan> = {}): StageToPlan {
  return {
    name: 'first',
    settings: stageSettings,
    length: { epochs: 1 },
    order: 'random',
    parts: partsFrom(0, ['all', 10, 1]),
    carry: 'adapter',
    optimizer: 'fresh',
    ...changes,
  };
}

/** A plan of `stages` over `rows` rows of 900 to 1000 tokens. */
export function fakeStagePlan(stages: StageToPlan[], rows: number, changes: Partial<PlanInput> = {}): Plan {
  const random = randomStream(5, 'lengths');
  const lengthPerRow = Int32Array.from({ length: rows }, () => 900 + random.integer(101));
  return makePlan({
    shards: fakeShards(rows, { lengthPerRow }),
    evalShards: fakeShards(5),
    settings: stageSettings,
    stages,
    engine: fakeEngineSettings,
    seed: 7,
    ...changes,
  });
}
