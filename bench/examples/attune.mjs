/**
 * Attune's side: `node attune.mjs <folder> <precision> <shared_prefix|best_fit>` runs a training step over each row of the
 * sample and prints its figures as JSON. The learning rate is zero, so that the loss of all examples is the same in any order.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openShards } from '../../dist/chat/open-shards.js';
import { defaultModel } from '../../dist/model/catalog.js';
import { openModel } from '../../dist/model/open.js';
import { peakMemoryBytes } from '../harness/memory.mjs';
import { createEngine } from '../harness/training.mjs';

const [folder, precision, packing] = process.argv.slice(2);
const sample = JSON.parse(await readFile(join(folder, 'sample.json'), 'utf8'));
const directory = join(folder, packing);
const shards = await openShards(directory, 'train');
const rows = packing === 'shared_prefix' ? sample.rows : Array.from({ length: shards.rows }, (_, row) => row);
const engine = await createEngine(await openModel(defaultModel), directory, precision);

let step = 0;
const train = (row) =>
  engine.step({
    step: ++step,
    optimizerStep: step,
    microBatches: [[row]],
    learningRate: 0,
    normaliser: shards.supervisedPerRow[row],
  });
// The first step builds the graph and is left out.
await train(rows[0]);

const computed = { tokens: 0, supervised_tokens: 0 };
let lossSum = 0;
const start = performance.now();
for (const row of rows) {
  const { loss, tokens } = await train(row);
  computed.tokens += tokens;
  computed.supervised_tokens += shards.supervisedPerRow[row];
  lossSum += loss * shards.supervisedPerRow[row];
}
const seconds = (performance.now() - start) / 1000;
const result = {
  examples_per_second: sample.examples.length / seconds,
  seconds,
  steps: rows.length,
  ...computed,
  loss: lossSum / computed.supervised_tokens,
  peak_memory_bytes: peakMemoryBytes(),
};
await engine.close();
console.log(JSON.stringify(result));
