import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChatFormat } from '../../chat/template.js';
import type { Answer, Prompt, System } from '../../evaluate/system.js';
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import { writeTinyModel } from '../../model/tiny-model.fixture.js';
import { createOnnxSystem } from './system.js';

let cache: string;
let model: Model;
const systems: System[] = [];
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'attune-system-'));
  process.env.ATTUNE_CACHE = cache;
  await writeTinyModel(join(cache, 'tiny'), { initializer_range: 0.3 });
  model = await openModel(join(cache, 'tiny'));
});
afterAll(async () => {
  for (const system of systems) await system.close();
  delete process.env.ATTUNE_CACHE;
  await rm(cache, { recursive: true, force: true });
});

async function open(batchSize: number, precision: 'float32' | 'int8_compute' = 'float32'): Promise<System> {
  const format = createChatFormat(model);
  const system = await createOnnxSystem({
    name: 'base',
    model,
    format,
    precision,
    batchSize,
    threads: 1,
  });
  systems.push(system);
  return system;
}

const settings = { max_new_tokens: 40, temperature: 0, top_p: 1, top_k: 0, seed: 1 };

async function ask(system: System, prompts: Prompt[], signal?: AbortSignal): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for await (const answer of system.answer(prompts, settings, signal)) answers.set(answer.id, answer);
  return answers;
}

const table = 'Sales | 12 | 13\nCosts | 4 | 5\n';
const prompts: Prompt[] = [
  ...['Were sales 12?', 'Were the costs 5?', 'What is the sum?'].map((question, i) => ({
    id: `chat ${i}`,
    messages: [{ role: 'user' as const, content: table + question }],
  })),
  { id: 'text', text: `${table}The sum of the costs is` },
  { id: 'short', text: 'the' },
  { id: 'empty', text: '' },
];

describe('answers of the embedded engine', () => {
  it('are the same in a batch and alone, conversations and plain texts together', async () => {
    const together = await ask(await open(6), prompts);
    expect(together.size).toBe(prompts.length);
    const one = await open(1);
    for (const prompt of prompts) {
      expect(together.get(prompt.id)).toEqual((await ask(one, [prompt])).get(prompt.id));
    }
  });

  it('end before the first stop text', async () => {
    const system = await open(6);
    const free = await ask(system, prompts);
    const stopped = prompts.map((prompt) => {
      const { text } = free.get(prompt.id)!;
      return { ...prompt, stop: ['no such text', text.slice(12, 14)] };
    });
    const cut = await ask(system, stopped);
    for (const { id, stop } of stopped) {
      const { text } = free.get(id)!;
      const answer = cut.get(id)!;
      expect(answer.stopped).toBe(true);
      expect(answer.text).toBe(text.slice(0, text.indexOf(stop[1]!)).trim());
      expect(answer.newTokens!).toBeLessThanOrEqual(free.get(id)!.newTokens!);
    }
  });

  it('stop within some tokens when asked to, and the system answers again', async () => {
    const system = await open(2);
    const controller = new AbortController();
    const asked = async (): Promise<void> => {
      for await (const _ of system.answer(prompts, settings, controller.signal)) controller.abort();
    };
    await expect(asked()).rejects.toThrow('aborted');
    await expect(ask(system, prompts, AbortSignal.abort())).rejects.toThrow('aborted');
    expect((await ask(system, prompts)).size).toBe(prompts.length);
  });

  it('of two questions at a time do not mix', async () => {
    const system = await open(6);
    const [first, second] = await Promise.all([
      ask(system, prompts.slice(0, 3)),
      ask(system, prompts.slice(3)),
    ]);
    const together = await ask(system, prompts);
    for (const [id, answer] of [...first, ...second]) expect(answer).toEqual(together.get(id));
  });

  it('in 8 bits depend on nobody else in the batch either', async () => {
    const together = await ask(await open(6, 'int8_compute'), prompts);
    const one = await open(1, 'int8_compute');
    for (const prompt of prompts) {
      expect(together.get(prompt.id)).toEqual((await ask(one, [prompt])).get(prompt.id));
    }
  });
});
