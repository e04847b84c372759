/**
 * The settings of training that an engine needs, names as in Transformers and PEFT.
 * @module
 */
import type { LoraSettings } from '../adapter/settings.js';

/** AdamW and clipping. */
export interface OptimizerSettings {
  adam_beta1: number;
  adam_beta2: number;
  adam_epsilon: number;
  weight_decay: number;
  /** Gradients are scaled down to this norm; 0 switches clipping off. */
  max_grad_norm: number;
}

/** What is trained and in which precision the frozen base is held. */
export interface EngineSettings {
  method: 'full' | 'lora' | 'qlora';
  /**
   * Precision of the frozen base; `nf4` belongs to qlora. `int8` holds linear layers in 8 bits and multiplies in float32,
   * `int8_compute` multiplies in 8 bits too.
   */
  precision: 'float32' | 'bfloat16' | 'nf4' | 'int8' | 'int8_compute';
  lora?: LoraSettings;
  optimizer: OptimizerSettings;
  gradient_checkpointing: boolean;
  /** Where forward and gradients are computed; absent for the CPU, so that plans made before stay the same. */
  device?: 'webgpu';
  seed: number;
}
