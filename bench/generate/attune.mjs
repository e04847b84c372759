/**
 * `node attune.mjs <set> <prompts> <every> <batch size> <new tokens>` answers greedily and writes one line of JSON.
 *
 * With a batch size of 1 each prompt is asked by itself, so that no prompt shares another's work. Of all prompts every
 * `every`-th is asked. Loading and a first short answer are not timed.
 */
import { availableParallelism } from 'node:os';
import { createChatFormat } from '../../dist/chat/template.js';
import { createOnnxSystem } from '../../dist/engine/onnx/system.js';
import { defaultModel } from '../../dist/model/catalog.js';
import { openModel } from '../../dist/model/open.js';
import { peakMemoryBytes } from '../harness/memory.mjs';
import { makePrompts } from './prompts.mjs';

const [set, ...numbers] = process.argv.slice(2);
const [count, every, batchSize, newTokens] = numbers.map(Number);
const model = await openModel(defaultModel);
const system = await createOnnxSystem({
  name: 'base',
  model,
  format: createChatFormat(model),
  precision: 'float32',
  batchSize,
  threads: availableParallelism(),
});
const prompts = makePrompts(set, count).filter((_, i) => i % every === 0);
const settings = { max_new_tokens: newTokens, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
for await (const _ of system.answer([{ ...prompts[0], id: 'first' }], { ...settings, max_new_tokens: 2 }));

const answers = {};
let tokens = 0;
let promptTokens = 0;
const start = performance.now();
const processorStart = process.cpuUsage();
for (const batch of batchSize === 1 ? prompts.map((prompt) => [prompt]) : [prompts]) {
  for await (const { id, text, newTokens: made, promptTokens: read } of system.answer(batch, settings)) {
    answers[id] = text;
    tokens += made;
    promptTokens += read;
  }
}
const seconds = (performance.now() - start) / 1000;
const { user, system: kernel } = process.cpuUsage(processorStart);
await system.close();
process.stdout.write(
  `${JSON.stringify({
    answers,
    tokens,
    prompt_tokens: promptTokens,
    seconds,
    processor_seconds: (user + kernel) / 1e6,
    peak_memory_bytes: peakMemoryBytes(),
  })}\n`,
);
