/**
 * The settings of training that an engine needs, names as in Transformers and PEFT.
 * @module
 */
import type { LoraSettings } from '../adapter/settings.js';

/** AdamW and clipping. */
export interface OptimizerSettings {
  /** How the moments are held; absent: `adamw_torch`, in float32. */
  optim?: 'adamw_torch' | 'adamw_bnb_8bit';
  adam_beta1: number;
  adam_beta2: number;
  adam_epsilon: number;
  weight_decay: number;
  /** Gradients are scaled down to this norm; 0 switches clipping off. */
  max_grad_norm: number;
}

/** How a run keeps within its memory; chosen from `max_memory` before the run begins, and constant in it. */
export interface MemoryLevel {
  /** Layers, from the first on, whose activations are computed a second time instead of kept. */
  checkpointed_layers: number;
  /** Bytes that a piece of the logits may take; absent: as without a budget. */
  loss_chunk_bytes?: number;
  /** Whether training gives its memory back before an evaluation, and the evaluation before training goes on. */
  apart: boolean;
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
  /** Absent where the recipe has no `max_memory`. */
  memory?: MemoryLevel;
  seed: number;
}
