/**
 * The recipe's sections as the parts below want them.
 * @module
 */
import type { Recipe } from '../../recipe/schema.js';
import type { StageSettings } from '../../recipe/stages.js';
import type { PlanSettings } from '../../train/plan.js';
import type { EngineSettings } from '../../train/settings.js';

/** What an engine is told; equal for every engine. */
export function engineSettings({ adapter, training }: Pick<Recipe, 'adapter' | 'training'>): EngineSettings {
  const { r, lora_alpha, target_modules, lora_dropout, bias, use_rslora, loraplus_lr_ratio } = adapter;
  const { optim, adam_beta1, adam_beta2, adam_epsilon, weight_decay, max_grad_norm } = training;
  return {
    method: adapter.method,
    precision: basePrecision(adapter),
    ...(adapter.method !== 'full' && {
      lora: { r, lora_alpha, target_modules, lora_dropout, bias, use_rslora, loraplus_lr_ratio },
    }),
    optimizer: {
      ...(optim !== 'adamw_torch' && { optim }),
      adam_beta1,
      adam_beta2,
      adam_epsilon,
      weight_decay,
      max_grad_norm,
    },
    gradient_checkpointing: training.gradient_checkpointing ?? false,
    ...(training.device === 'webgpu' && { device: training.device }),
    seed: training.seed,
  };
}

function basePrecision({
  method,
  precision,
  load_in_8bit,
  bnb_8bit_compute,
}: Recipe['adapter']): EngineSettings['precision'] {
  if (method === 'qlora') return 'nf4';
  if (!load_in_8bit) return precision;
  return bnb_8bit_compute === 'int8' ? 'int8_compute' : 'int8';
}

/** What shapes the plan. */
export function planSettings({ training }: Recipe): PlanSettings {
  return {
    num_train_epochs: training.num_train_epochs,
    max_steps: training.max_steps,
    per_device_train_batch_size: training.per_device_train_batch_size,
    gradient_accumulation_steps: training.gradient_accumulation_steps,
    learning_rate: training.learning_rate,
    lr_scheduler_type: training.lr_scheduler_type,
    warmup_ratio: training.warmup_ratio,
    warmup_steps: training.warmup_steps,
    eval_steps: training.eval_steps,
    save_steps: training.save_steps,
    eval_on_start: training.eval_on_start,
    load_best_model_at_end: training.load_best_model_at_end,
    max_rows_per_context_per_step: training.max_rows_per_context_per_step,
  };
}

/** What shapes a stage's part of the plan: the recipe's settings with those that the stage has of its own. */
export function stagePlanSettings(recipe: Recipe, stage: StageSettings): PlanSettings {
  const settings = planSettings(recipe);
  return {
    ...settings,
    learning_rate: stage.learning_rate ?? settings.learning_rate,
    lr_scheduler_type: stage.lr_scheduler_type ?? settings.lr_scheduler_type,
    warmup_ratio: stage.warmup_ratio ?? settings.warmup_ratio,
    warmup_steps: stage.warmup_steps ?? settings.warmup_steps,
    per_device_train_batch_size: stage.per_device_train_batch_size ?? settings.per_device_train_batch_size,
    gradient_accumulation_steps: stage.gradient_accumulation_steps ?? settings.gradient_accumulation_steps,
    eval_steps: stage.eval_steps ?? settings.eval_steps,
    save_steps: stage.save_steps ?? settings.save_steps,
  };
}

/** How the result of a recipe's run is kept. */
export function resultKind({ adapter }: Recipe): 'adapter' | 'model' {
  return adapter.method === 'full' ? 'model' : 'adapter';
}
