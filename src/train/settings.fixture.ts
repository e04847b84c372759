/**
 * Settings of an engine for tests.
 * @module
 */
import type { EngineSettings, OptimizerSettings } from './settings.js';

/** AdamW with PyTorch's betas, without decay and clipping. */
export const plainAdamw: OptimizerSettings = {
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  weight_decay: 0,
  max_grad_norm: 0,
};

/** LoRA of rank 4 on every linear layer, without dropout, unless `changes` says otherwise. */
export function engineSettings(changes: Partial<EngineSettings> = {}): EngineSettings {
  return {
    method: 'lora',
    precision: changes.method === 'qlora' ? 'nf4' : 'float32',
    ...(changes.method !== 'full' && {
      lora: {
        r: 4,
        lora_alpha: 8,
        target_modules: 'all-linear',
        lora_dropout: 0,
        bias: 'none',
        use_rslora: false,
        loraplus_lr_ratio: 1,
      },
    }),
    optimizer: plainAdamw,
    gradient_checkpointing: false,
    seed: 3,
    ...changes,
  };
}
