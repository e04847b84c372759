/**
 * `node attune.mjs <prompts.json> <float32|int8|llama.cpp> <every> <batch size> <new tokens>` answers greedily and writes one line of
 * JSON. `llama.cpp` answers with node-llama-cpp on the file that the model came in.
 *
 * With a batch size of 1 each prompt is asked by itself, so that no prompt shares another's work. Of all prompts every
 * `every`-th is asked. Loading and a first short answer are not timed.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createChatFormat } from '../../dist/chat/template.js';
import { createGgufSystem } from '../../dist/engine/llama-cpp/system.js';
import { createOnnxSystem } from '../../dist/engine/onnx/system.js';
import { defaultModel } from '../../dist/model/catalog.js';
import { openModel } from '../../dist/model/open.js';
import { peakMemoryBytes } from '../harness/memory.mjs';
import { convertWeights, enginePrecision } from '../harness/training.mjs';

const [file, engine, ...numbers] = process.argv.slice(2);
const [every, batchSize, newTokens] = numbers.map(Number);
const model = await openModel(defaultModel);
const format = { ...createChatFormat(model) };
const threads = availableParallelism();
if (engine !== 'llama.cpp') await convertWeights(model, engine);
const system =
  engine === 'llama.cpp'
    ? await createGgufSystem({ name: 'base', file: model.path, format, batchSize: 1, threads, gpu: false })
    : await createOnnxSystem({
        name: 'base',
        model,
        format,
        precision: enginePrecision(engine),
        batchSize,
        threads,
      });
// Nothing ends an answer, so that all have the same number of tokens; a file is opened only with what ends a turn.
format.stopTokenIds = [];
const prompts = JSON.parse(await readFile(file, 'utf8')).filter((_, i) => i % every === 0);
const turns = batchSize === 1 ? prompts.map((prompt) => [prompt]) : [prompts];

/** Answers all prompts with so many new tokens each. */
async function answerAll(asked, count) {
  const settings = { max_new_tokens: count, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
  const all = { answers: {}, newTokens: 0, promptTokens: 0 };
  const start = performance.now();
  const processorStart = process.cpuUsage();
  for (const turn of asked) {
    for await (const { id, text, newTokens: made, promptTokens } of system.answer(turn, settings)) {
      all.answers[id] = text;
      all.newTokens += made;
      all.promptTokens += promptTokens;
    }
  }
  const { user, system: kernel } = process.cpuUsage(processorStart);
  return {
    ...all,
    seconds: (performance.now() - start) / 1000,
    processorSeconds: (user + kernel) / 1e6,
  };
}

// Not the first prompt, which would then be known when it is its turn.
await answerAll([[{ ...prompts.at(-1), id: 'warm-up' }]], 2);
const reading = await answerAll(turns, 1);
const {
  answers,
  newTokens: made,
  promptTokens,
  seconds,
  processorSeconds,
} = await answerAll(turns, newTokens);
await system.close();
process.stdout.write(
  `${JSON.stringify({
    answers,
    new_tokens_per_second: made / seconds,
    new_tokens_per_processor_second: made / processorSeconds,
    prompt_tokens_per_second: reading.promptTokens / reading.seconds,
    new_tokens: made,
    prompt_tokens: promptTokens,
    seconds,
    peak_memory_bytes: peakMemoryBytes(),
  })}\n`,
);
