/**
 * What is trained: names, shapes and how the optimizer treats each.
 * @module
 */
import { initialLora, type LoraPair, loraScaling, targetModules } from '../../adapter/lora.js';
import type { ModelConfig } from '../../model/config.js';
import type { StoredTensor } from '../../model/weights.js';
import type { EngineSettings } from '../../train/settings.js';

/** One trained tensor. */
export interface Parameter {
  /** `<module>.lora_A.weight`, `<module>.lora_B.weight`, or the model's own name of the tensor. */
  name: string;
  shape: number[];
  size: number;
  /** Normalization weights and biases are not decayed, as in Transformers' Trainer. */
  weightDecay: boolean;
  /** Factor of the learning rate: LoRA+ trains B faster. */
  learningRateRatio: number;
}

/** The low-rank branch of the adapted modules. */
export interface AdapterShape {
  r: number;
  /** Factor of B·A. */
  scaling: number;
  dropout: number;
  /** Adapted modules in a fixed order. */
  modules: string[];
}

/** The adapter that the settings describe, or `undefined` for full fine-tuning. */
export function adapterShape(config: ModelConfig, settings: EngineSettings): AdapterShape | undefined {
  if (!settings.lora) return undefined;
  return {
    r: settings.lora.r,
    scaling: loraScaling(settings.lora),
    dropout: settings.lora.lora_dropout,
    modules: targetModules(config, settings.lora).map((module) => module.name),
  };
}

function parameter(name: string, shape: number[], options: Partial<Parameter> = {}): Parameter {
  const size = shape.reduce((a, b) => a * b, 1);
  return { name, shape, size, weightDecay: true, learningRateRatio: 1, ...options };
}

/** Everything that the settings train, in the order in which it lies in memory and in checkpoints. */
export function trainedParameters(
  config: ModelConfig,
  settings: EngineSettings,
  tensors: ReadonlyMap<string, StoredTensor>,
): Parameter[] {
  const { lora } = settings;
  if (lora) {
    return targetModules(config, lora).flatMap(({ name, inFeatures, outFeatures }) => [
      parameter(`${name}.lora_A.weight`, [lora.r, inFeatures]),
      parameter(`${name}.lora_B.weight`, [outFeatures, lora.r], {
        learningRateRatio: lora.loraplus_lr_ratio,
      }),
    ]);
  }
  return [...tensors.values()]
    .filter(({ name }) => !(config.tieWordEmbeddings && name === 'lm_head.weight'))
    .map(({ name, shape }) => parameter(name, shape, { weightDecay: shape.length > 1 }));
}

/** Module and matrix that an adapter's parameter is. */
export function adapterPart(name: string): { module: string; matrix: 'A' | 'B' } {
  const [, module, matrix] = /^(.*)\.lora_([AB])\.weight$/.exec(name)!;
  return { module: module!, matrix: matrix as 'A' | 'B' };
}

/**
 * Initial values of the adapter, by parameter name.
 *
 * @param stage number of the stage that begins with it: each has random numbers of its own
 */
export function initialAdapter(
  config: ModelConfig,
  settings: EngineSettings,
  stage = 0,
): Map<string, Float32Array> {
  const { lora, seed } = settings;
  const values = new Map<string, Float32Array>();
  if (!lora) return values;
  for (const module of targetModules(config, lora)) {
    const pair: LoraPair = initialLora(module, lora.r, seed, stage);
    values.set(`${module.name}.lora_A.weight`, pair.A);
    values.set(`${module.name}.lora_B.weight`, pair.B);
  }
  return values;
}
