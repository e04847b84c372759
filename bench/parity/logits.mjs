/**
 * `node logits.mjs <model> <adapter> <file>` writes the logits after a few sequences of made-up tokens, as Attune
 * computes them with an adapter: `input_ids` [rows, length] and `logits` [rows, vocabulary].
 */
import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import { readAdapter } from '../../dist/adapter/peft.js';
import { loadBaseWeights } from '../../dist/engine/onnx/base-weights.js';
import { buildGenerateGraph } from '../../dist/engine/onnx/generate-graph.js';
import { adapterShape, trainedParameters } from '../../dist/engine/onnx/parameters.js';
import { createSession } from '../../dist/engine/onnx/session.js';
import { openModel } from '../../dist/model/open.js';
import { writeSafetensors } from '../../dist/model/safetensors.js';
import { randomStream } from '../../dist/random.js';

const rows = 4;
const length = 48;

const [folder, adapterDirectory, file] = process.argv.slice(2);
const model = await openModel(folder);
const base = await loadBaseWeights(model, 'float32');
const adapter = await readAdapter(adapterDirectory, model.config);
const settings = { lora: { ...adapter.settings, loraplus_lr_ratio: 1 } };
const parameters = trainedParameters(model.config, settings, base.tensors);
const { graph, next } = buildGenerateGraph({
  config: model.config,
  base,
  parameters,
  adapter: adapterShape(model.config, settings),
  hasPrefix: false,
  hasPast: false,
  wantsLogits: true,
});
const session = await createSession(graph, { threads: availableParallelism() });

const random = randomStream(0, 'parity');
const ids = Int32Array.from({ length: rows * length }, () => random.integer(model.config.vocabSize));
const integers = (dims, values) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
const position = (i) => i % length;
const causal = Float32Array.from({ length: rows * length * length }, (_, i) =>
  position(i) <= position(Math.floor(i / length)) ? 0 : -1e9,
);
const inputs = {
  input_ids: integers([rows * length], ids),
  position_ids: integers(
    [1, rows, length],
    Array.from(ids, (_, i) => position(i)),
  ),
  mask: new ort.Tensor('float32', causal, [rows, 1, length, length]),
  last: integers(
    [rows],
    Array.from({ length: rows }, (_, row) => row * length + length - 1),
  ),
};
for (const { name, shape } of parameters) {
  const [, module, which] = /^(.*)\.lora_([AB])\.weight$/.exec(name);
  inputs[name] = new ort.Tensor('float32', adapter.tensors.get(module)[which], shape);
}
const logits = (await session.run(inputs))[next].data;
await session.close();
await writeSafetensors(file, [
  { name: 'input_ids', dtype: 'I32', shape: [rows, length], data: ids },
  { name: 'logits', dtype: 'F32', shape: [rows, model.config.vocabSize], data: logits },
]);
