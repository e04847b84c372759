/**
 * Attune's side: `node attune.mjs <work folder> float32|nf4 <steps>` trains and prints its figures as JSON.
 * With 0 steps it only makes the files that later runs map.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadBaseWeights } from '../../dist/engine/onnx/base-weights.js';
import { createOnnxEngine } from '../../dist/engine/onnx/train-engine.js';
import { openModel } from '../../dist/model/open.js';
import { peakMemoryBytes } from '../harness/memory.mjs';
import { median } from '../harness/result.mjs';

const [work, precision, stepCount] = process.argv.slice(2);
const steps = Number(stepCount);
const rows = [0, 1, 2, 3];
const tokens = 4 * 256;

const settings = {
  method: precision === 'nf4' ? 'qlora' : 'lora',
  precision,
  lora: {
    r: 16,
    lora_alpha: 32,
    target_modules: 'all-linear',
    lora_dropout: 0,
    bias: 'none',
    use_rslora: false,
    loraplus_lr_ratio: 1,
  },
  optimizer: { adam_beta1: 0.9, adam_beta2: 0.999, adam_epsilon: 1e-8, weight_decay: 0.01, max_grad_norm: 1 },
  gradient_checkpointing: false,
  seed: 0,
};

const model = await openModel(join(work, 'model'));
if (steps === 0) {
  await loadBaseWeights(model, settings.precision);
} else {
  const engine = await createOnnxEngine({
    model,
    settings,
    directory: join(work, 'tokens'),
    hasEvaluation: false,
    threads: availableParallelism(),
  });
  const losses = [];
  const seconds = [];
  // The first step builds the graph and is left out.
  for (let step = 1; step <= steps + 1; step++) {
    const start = performance.now();
    const { loss } = await engine.step({
      step,
      optimizerStep: step,
      microBatches: [rows],
      learningRate: 2e-4,
      normaliser: tokens / 4,
    });
    losses.push(loss);
    seconds.push((performance.now() - start) / 1000);
  }
  const result = {
    tokens_per_second: tokens / median(seconds.slice(1)),
    peak_memory_bytes: peakMemoryBytes(),
    losses,
    seconds,
  };
  await engine.close();
  console.log(JSON.stringify(result));
}
