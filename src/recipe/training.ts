/**
 * Recipe section `training`; names as in Transformers' `TrainingArguments` and TRL's `SFTConfig`.
 * @module
 */
import { z } from 'zod';
import { memorySizeSchema } from './memory-size.js';

const count = (minimum: number) => z.int().min(minimum);

/** How the training runs. */
export const trainingSchema = z.strictObject({
  num_train_epochs: z
    .number()
    .positive()
    .default(3)
    .describe('How often every training row is used; fractions are allowed.'),
  max_steps: z
    .int()
    .min(-1)
    .default(-1)
    .refine((steps) => steps !== 0, 'wanted -1 (no limit) or at least 1')
    .describe(
      'Optimizer steps in all; replaces `num_train_epochs` unless -1. With `stages`, the most that each of them has.',
    ),
  per_device_train_batch_size: count(1)
    .default(1)
    .describe('Rows of the token shards in one micro-batch (a row can hold several examples).'),
  per_device_eval_batch_size: count(1).default(1).describe('Rows computed at once for `eval_loss`.'),
  gradient_accumulation_steps: count(1)
    .default(8)
    .describe('Micro-batches in one optimizer step; 1×8, 8×1 and 4×2 give the same step.'),
  learning_rate: z
    .number()
    .positive()
    .max(1)
    .default(2e-4)
    .describe('Highest learning rate; for `method: full` about a tenth of what suits LoRA.'),
  lr_scheduler_type: z
    .enum(['linear', 'cosine', 'constant'])
    .default('cosine')
    .describe('What the learning rate does after the warm-up: falls to 0 in a line or a cosine, or stays.'),
  warmup_ratio: z
    .number()
    .min(0)
    .lt(1)
    .default(0.05)
    .describe('Part of all steps in which the learning rate rises from 0.'),
  warmup_steps: count(0)
    .default(0)
    .describe('The same as a number of steps; replaces `warmup_ratio` unless 0.'),
  weight_decay: z.number().min(0).default(0).describe('Decoupled weight decay of AdamW.'),
  adam_beta1: z.number().min(0).lt(1).default(0.9).describe('Decay of the mean of the gradients.'),
  adam_beta2: z.number().min(0).lt(1).default(0.999).describe('Decay of the mean of their squares.'),
  adam_epsilon: z.number().positive().default(1e-8).describe('Keeps the division of AdamW finite.'),
  max_grad_norm: z
    .number()
    .min(0)
    .default(1)
    .describe('Gradients are scaled down to this norm; 0 switches clipping off.'),
  optim: z
    .enum(['adamw_torch', 'adamw_bnb_8bit'])
    .default('adamw_torch')
    .describe(
      'AdamW with its moments in float32, or in 8 bits as bitsandbytes holds them: 2 instead of 8 bytes a trained number.',
    ),
  gradient_checkpointing: z
    .boolean()
    .optional()
    .describe(
      'Computes activations a second time and does not keep them: less memory, about a third slower. Where absent, `max_memory` decides, and without it they are kept.',
    ),
  max_memory: memorySizeSchema
    .optional()
    .describe(
      'Most memory that training may take, for example `1.5GB`: as few layers are computed a second time as keep it within that; what does not fit is an error before the start.',
    ),
  device: z
    .enum(['cpu', 'webgpu'])
    .default('cpu')
    .describe(
      'Where loss and gradients are computed: on the CPU, or by WebGPU on the graphics processor (LoRA over a float32 base; answers are generated on the CPU in any case).',
    ),
  eval_steps: count(0)
    .default(50)
    .describe('Steps between two computations of `eval_loss` on the validation split; 0 only at the end.'),
  eval_on_start: z.boolean().default(true).describe('Computes `eval_loss` before the first step too.'),
  save_steps: count(0).default(50).describe('Steps between two checkpoints; 0 only at the end.'),
  save_total_limit: count(1).default(2).describe('Newest checkpoints that are kept.'),
  load_best_model_at_end: z
    .boolean()
    .default(false)
    .describe('The result is the checkpoint with the lowest `eval_loss`, not the last one.'),
  max_rows_per_context_per_step: count(1)
    .optional()
    .describe(
      'Most rows of one context (table, document, system text) in an optimizer step; where absent they are spread as evenly as they can be.',
    ),
  seed: z
    .int()
    .optional()
    .describe("Of initial weights, order and dropout; the recipe's `seed` where absent."),
});

/** Section `training` as the recipe gives it; the seed is resolved in the recipe. */
export type TrainingSettings = z.output<typeof trainingSchema>;
