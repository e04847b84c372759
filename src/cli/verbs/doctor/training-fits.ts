/**
 * Which ways of training a model fit this machine.
 * @module
 */
import { highestPhase } from '../../../engine/onnx/memory/terms.js';
import { predictTraining } from '../../../engine/onnx/memory/train-memory.js';
import type { Model } from '../../../model/model.js';
import { adapterSchema } from '../../../recipe/adapter.js';
import { trainingSchema } from '../../../recipe/training.js';
import { machineMemory } from '../../../train/machine.js';
import { engineSettings } from '../../pipeline/settings.js';

/** Tokens of the row that is predicted: the default of `data.max_length`. */
export const rowTokens = 1024;
/** A usual part of supervised tokens. */
const supervisedShare = 0.25;

/** A way of training and its memory. */
export interface TrainingFit {
  /** Settings of the recipe's section `adapter`. */
  adapter: Record<string, unknown>;
  engine: 'onnx';
  /** Predicted peak, one row of {@link rowTokens} at a time. */
  peak_bytes: number;
  fits: boolean;
}

/** From the most exact to the leanest. */
const ways: readonly Record<string, unknown>[] = [
  { method: 'full' },
  { method: 'lora' },
  { method: 'lora', precision: 'bfloat16' },
  { method: 'lora', load_in_8bit: true },
  { method: 'lora', load_in_8bit: true, bnb_8bit_compute: 'int8' },
  { method: 'qlora' },
];

/** Predicts the memory of every way of training on the embedded engine. */
export function trainingFits({ config, weights }: Pick<Model, 'config' | 'weights'>): TrainingFit[] {
  const { total } = machineMemory();
  const length = Math.min(rowTokens, config.maxPositionEmbeddings);
  const training = { ...trainingSchema.parse({}), seed: 0 };
  return ways.map((adapter) => {
    const phases = predictTraining({
      config,
      tensors: weights.tensors,
      settings: engineSettings({ adapter: adapterSchema.parse(adapter), training }),
      train: {
        length,
        lengthPerRow: Int32Array.of(length),
        supervisedPerRow: Int32Array.of(Math.round(supervisedShare * length)),
      },
      batches: [[0]],
    });
    const { bytes } = highestPhase(phases);
    return { adapter, engine: 'onnx', peak_bytes: bytes, fits: bytes <= total };
  });
}
