/**
 * Attune's side: `node attune.mjs <model> <tokens> <precision> <steps> [checkpointing]` trains and prints its figures as JSON.
 * With 0 steps it only converts the weights, as the first run with a model does once.
 */
import { openShards } from '../../dist/chat/open-shards.js';
import { openModel } from '../../dist/model/open.js';
import { peakMemoryBytes } from '../harness/memory.mjs';
import { median } from '../harness/result.mjs';
import { convertWeights, createEngine, secondsSinceCommand } from '../harness/training.mjs';

const [modelName, directory, precision, stepCount, ...words] = process.argv.slice(2);
const steps = Number(stepCount);
const model = await openModel(modelName);
if (steps === 0) {
  await convertWeights(model, precision);
  console.log(JSON.stringify({ conversion_seconds: secondsSinceCommand() }));
} else {
  const { rows, tokens, supervisedTokens } = await openShards(directory, 'train');
  const engine = await createEngine(model, directory, precision, {
    gradientCheckpointing: words.includes('checkpointing'),
  });
  const losses = [];
  const seconds = [];
  let secondsToFirstStep;
  // The first step builds the graph and is left out of the speed.
  for (let step = 1; step <= steps + 1; step++) {
    const start = performance.now();
    const { loss } = await engine.step({
      step,
      optimizerStep: step,
      microBatches: [Array.from({ length: rows }, (_, row) => row)],
      learningRate: 2e-4,
      normaliser: supervisedTokens,
    });
    losses.push(loss);
    seconds.push((performance.now() - start) / 1000);
    secondsToFirstStep ??= secondsSinceCommand();
  }
  const result = {
    tokens_per_second: tokens / median(seconds.slice(1)),
    peak_memory_bytes: peakMemoryBytes(),
    seconds_to_first_step: secondsToFirstStep,
    first_loss: losses[0],
    losses,
    seconds,
  };
  await engine.close();
  console.log(JSON.stringify(result));
}
