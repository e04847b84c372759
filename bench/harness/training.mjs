/**
 * What Attune's sides of the training benches have in common: settings of the engine, and sides as the runner names them.
 * @module
 */
import { availableParallelism } from 'node:os';
import { loadBaseWeights } from '../../dist/engine/onnx/base-weights.js';
import { createOnnxEngine } from '../../dist/engine/onnx/train-engine.js';

/** Precisions of the benches, and the engine's names for them. `int8` is the fast mode, which multiplies in 8 bits. */
const enginePrecisions = { float32: 'float32', nf4: 'nf4', int8: 'int8_compute' };

function settingsOf(precision, gradientCheckpointing) {
  return {
    method: precision === 'nf4' ? 'qlora' : 'lora',
    precision: enginePrecisions[precision],
    lora: {
      r: 16,
      lora_alpha: 32,
      target_modules: 'all-linear',
      lora_dropout: 0,
      bias: 'none',
      use_rslora: false,
      loraplus_lr_ratio: 1,
    },
    optimizer: {
      adam_beta1: 0.9,
      adam_beta2: 0.999,
      adam_epsilon: 1e-8,
      weight_decay: 0.01,
      max_grad_norm: 1,
    },
    gradient_checkpointing: gradientCheckpointing,
    seed: 0,
  };
}

/** The engine's name for a precision of the benches. */
export const enginePrecision = (precision) => enginePrecisions[precision];

/**
 * Brings the model's weights into a precision, as the first run with a model does once.
 *
 * @throws where the build does not know 8 bits: it would take float32 and give wrong figures
 */
export async function convertWeights(model, precision) {
  const { int8 } = await loadBaseWeights(model, enginePrecisions[precision]);
  if (precision === 'int8' && !int8) throw new Error('this build of Attune has no int8');
}

/** An engine for LoRA of rank 16 on all linear layers over the token shards in `directory`. */
export async function createEngine(model, directory, precision, { gradientCheckpointing = false } = {}) {
  await convertWeights(model, precision);
  return createOnnxEngine({
    model,
    settings: settingsOf(precision, gradientCheckpointing),
    directory,
    hasEvaluation: false,
    threads: availableParallelism(),
  });
}

/** Seconds since the runner gave the command that started this process. */
export const secondsSinceCommand = () => (Date.now() - Number(process.env.BENCH_STARTED)) / 1000;
