/**
 * `node attune.mjs <model folder> <items.jsonl> <threads>`: the log-likelihoods of the choices, by Attune's embedded engine.
 *
 * Writes one line of JSON as `harness.py` does. The prompt is built here by itself: that it is the harness's is checked
 * afterwards.
 */
import { readFileSync } from 'node:fs';
import { createChatFormat } from '../../dist/chat/template.js';
import { createOnnxSystem } from '../../dist/engine/onnx/system.js';
import { openModel } from '../../dist/model/open.js';
import { peakMemoryBytes } from '../harness/memory.mjs';

const [folder, file, threads] = process.argv.slice(2);
const choices = [' yes', ' no', ' maybe'];
const model = await openModel(folder);
const system = await createOnnxSystem({
  name: 'base',
  model,
  format: createChatFormat(model),
  precision: 'float32',
  batchSize: 1,
  threads: Number(threads),
});
const requests = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map(({ id, CONTEXTS, QUESTION }) => ({
    id,
    text: `Abstract: ${CONTEXTS.join('\n')}\nQuestion: ${QUESTION}\nAnswer:`,
    continuations: choices,
  }));
for await (const _ of system.likelihoods([{ id: 'first', text: 'Is this?', continuations: [' yes'] }]));
const start = performance.now();
const found = new Map();
for await (const { id, continuations } of system.likelihoods(requests)) found.set(id, continuations);
const seconds = (performance.now() - start) / 1000;
await system.close();
const items = requests.map(({ id, text }) => ({
  id,
  prompt: text,
  choices,
  log_likelihoods: found.get(id).map(({ logLikelihood }) => logLikelihood),
}));
process.stdout.write(`${JSON.stringify({ items, seconds, peak_memory_bytes: peakMemoryBytes() })}\n`);
