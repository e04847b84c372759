/**
 * A tiny model with an adapter that changes it, for tests of what is exported.
 * @module
 */
import { join } from 'node:path';
import { targetModules } from '../adapter/lora.js';
import { type Adapter, writeAdapter } from '../adapter/peft.js';
import { createChatFormat } from '../chat/template.js';
import { createOnnxSystem } from '../engine/onnx/system.js';
import type { Answer, GenerationSettings, Prompt, System } from '../evaluate/system.js';
import { loadModel } from '../model/load.js';
import type { Model } from '../model/model.js';
import { type TinyModelSettings, writeTinyModel } from '../model/tiny-model.fixture.js';
import { randomStream } from '../random.js';

/** Writes a tiny model to `directory/base` and an adapter of it to `directory/adapter`. */
export async function tinyExport(
  directory: string,
  settings: TinyModelSettings = {},
  changes: Partial<Adapter['settings']> = {},
): Promise<{ model: Model; adapter: Adapter; adapterDirectory: string }> {
  await writeTinyModel(join(directory, 'base'), { initializer_range: 0.3, ...settings });
  const model: Model = { ...(await loadModel(join(directory, 'base'))), name: 'tiny' };
  const lora: Adapter['settings'] = {
    r: 4,
    lora_alpha: 8,
    lora_dropout: 0,
    bias: 'none',
    target_modules: 'all-linear',
    use_rslora: false,
    ...changes,
  };
  const tensors = new Map(
    targetModules(model.config, lora).map(({ name, inFeatures, outFeatures }) => {
      const random = randomStream(3, 'export-test', name);
      const draw = (length: number): Float32Array =>
        Float32Array.from({ length }, () => 0.2 * random.normal());
      return [name, { A: draw(lora.r * inFeatures), B: draw(outFeatures * lora.r) }];
    }),
  );
  const adapter: Adapter = { settings: lora, baseModel: { name: 'tiny' }, tensors };
  const adapterDirectory = join(directory, 'adapter');
  await writeAdapter(adapterDirectory, adapter);
  return { model, adapter, adapterDirectory };
}

/** Questions for tiny models. */
const tinyPrompts: Prompt[] = [
  'What is the user of a system?',
  'the system and the user in 2021',
  'Grüße 日本 😀',
  'of a',
].map((content, i) => ({ id: `${i}`, messages: [{ role: 'user', content }] }));

/** Settings of greedy answers. */
const greedy: GenerationSettings = { max_new_tokens: 24, temperature: 0, top_p: 1, top_k: 0, seed: 1 };

/** The greedy answers of a system, which is closed then. */
export async function greedyAnswers(system: System): Promise<Map<string, Omit<Answer, 'id'>>> {
  const found = new Map<string, Omit<Answer, 'id'>>();
  for await (const { id, ...answer } of system.answer(tinyPrompts, greedy)) found.set(id, answer);
  await system.close();
  return found;
}

/** The greedy answers of the embedded engine. */
export async function embeddedAnswers(
  model: Model,
  adapterDirectory?: string,
): Promise<Map<string, Omit<Answer, 'id'>>> {
  const format = createChatFormat(model);
  const system = await createOnnxSystem({
    name: 'embedded',
    model,
    format,
    precision: 'float32',
    batchSize: 4,
    threads: 1,
    ...(adapterDirectory === undefined ? {} : { adapterDirectory }),
  });
  return greedyAnswers(system);
}
