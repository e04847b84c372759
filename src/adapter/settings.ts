/**
 * Settings of the adapters, names as in PEFT.
 * @module
 */

/** LoRA as in PEFT's `LoraConfig`. */
export interface LoraSettings {
  r: number;
  lora_alpha: number;
  /** Module names (suffixes as in PEFT), or `all-linear`. */
  target_modules: string[] | 'all-linear';
  lora_dropout: number;
  bias: 'none' | 'all' | 'lora_only';
  use_rslora: boolean;
  /** LoRA+ (arXiv 2402.12354): learning rate of B over that of A; 1 is plain LoRA. */
  loraplus_lr_ratio: number;
}
