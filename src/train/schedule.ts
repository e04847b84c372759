/**
 * Learning rate schedules, number for number those of Transformers
 * (`get_linear_schedule_with_warmup`, `get_cosine_schedule_with_warmup`,
 * `get_constant_schedule_with_warmup` in `optimization.py`).
 * @module
 */

/** What the learning rate does after the warm-up. */
export type SchedulerType = 'linear' | 'cosine' | 'constant';

/** The settings that a schedule needs, names as in Transformers. */
export interface ScheduleSettings {
  /** The highest learning rate. */
  learning_rate: number;
  /** `constant` honours the warm-up too (`constant_with_warmup` of Transformers). */
  lr_scheduler_type: SchedulerType;
  /** Part of all steps in which the rate rises from 0; used while `warmup_steps` is 0. */
  warmup_ratio: number;
  /** Steps in which the rate rises from 0. */
  warmup_steps: number;
}

/** Number of warm-up steps, as Transformers' `get_warmup_steps` counts them. */
export function warmupSteps(settings: ScheduleSettings, totalSteps: number): number {
  return settings.warmup_steps > 0 ? settings.warmup_steps : Math.ceil(totalSteps * settings.warmup_ratio);
}

/**
 * The factor on the highest learning rate after `completed` optimizer steps.
 *
 * @param completed optimizer steps done before the one that uses the rate: 0 for the first
 * @param warmup number of warm-up steps
 * @param total number of steps of the schedule
 */
export function scheduleFactor(
  type: SchedulerType,
  completed: number,
  warmup: number,
  total: number,
): number {
  if (completed < warmup) return completed / Math.max(1, warmup);
  if (type === 'constant') return 1;
  const after = Math.max(1, total - warmup);
  if (type === 'linear') return Math.max(0, (total - completed) / after);
  return Math.max(0, 0.5 * (1 + Math.cos((Math.PI * (completed - warmup)) / after)));
}

/** The learning rate of every optimizer step, the first at index 0. */
export function learningRates(settings: ScheduleSettings, totalSteps: number): Float32Array {
  const warmup = warmupSteps(settings, totalSteps);
  return Float32Array.from(
    { length: totalSteps },
    (_, completed) =>
      settings.learning_rate * scheduleFactor(settings.lr_scheduler_type, completed, warmup, totalSteps),
  );
}
