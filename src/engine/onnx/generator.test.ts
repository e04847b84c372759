import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { engineSettings } from '../../train/settings.fixture.js';
import { type GenerateSettings, Generator, type PromptBatch } from './generator.js';
import { adapterShape, initialAdapter, trainedParameters } from './parameters.js';
import { batchPrompts } from './prompt-batches.js';
import { tinyBase, tokens } from './tiny-training.fixture.js';

const greedy: GenerateSettings = {
  maxNewTokens: 6,
  stopTokenIds: [],
  temperature: 0,
  topP: 1,
  topK: 0,
  seed: 1,
};

let tiny: Awaited<ReturnType<typeof tinyBase>>;
let generator: Generator;

beforeAll(async () => {
  tiny = await tinyBase();
  const settings = engineSettings();
  const parameters = trainedParameters(tiny.config, settings, tiny.base.tensors);
  const values = initialAdapter(tiny.config, settings);
  const random = randomStream(5, 'adapter');
  // An adapter whose B is zero would change nothing and prove nothing.
  for (const array of values.values()) array.set(Array.from(array, () => random.normal() * 0.3));
  generator = new Generator({
    ...tiny,
    parameters,
    adapter: adapterShape(tiny.config, settings),
    values,
    threads: 1,
  });
});
afterAll(async () => {
  await generator.close();
  await rm(tiny.directory, { recursive: true });
});

/** One prompt by itself, token by token: every step computes the whole sequence anew. */
async function alone(ids: number[], settings: GenerateSettings): Promise<number[]> {
  const made: number[] = [];
  for (let i = 0; i < settings.maxNewTokens; i++) {
    const batch: PromptBatch = {
      root: [],
      groups: [{ prefix: [], members: [{ id: 'x', rest: [...ids, ...made] }] }],
    };
    const [answer] = await generator.generate(batch, { ...settings, maxNewTokens: 1 });
    made.push(answer!.tokens[0]!);
  }
  return made;
}

describe('Generator', () => {
  const root = tokens(20, 'root');
  const tables = [tokens(30, 'table-1'), tokens(25, 'table-2')];
  const prompts = [
    { id: 'a', ids: [...root, ...tables[0]!, ...tokens(5, 'a')] },
    { id: 'b', ids: [...root, ...tables[0]!, ...tokens(9, 'b')] },
    { id: 'c', ids: [...root, ...tables[1]!, ...tokens(3, 'c')] },
    { id: 'd', ids: [...root, ...tables[1]!, ...tokens(4, 'd')] },
    { id: 'e', ids: [...root, ...tokens(7, 'e')] },
  ];

  it.each([1, 2, 4, 8])(
    'gives in batches of %i what each prompt gives alone, without any cache',
    async (size) => {
      const answers = new Map<string, number[]>();
      for (const batch of batchPrompts(prompts, size)) {
        for (const { id, tokens } of await generator.generate(batch, greedy)) answers.set(id, tokens);
      }
      expect(answers.size).toBe(prompts.length);
      for (const { id, ids } of prompts) expect(answers.get(id), id).toEqual(await alone(ids, greedy));
    },
  );

  it('stops at a stop token and leaves it out', async () => {
    const [first] = await alone(prompts[0]!.ids, greedy);
    const batch: PromptBatch = {
      root: [],
      groups: [{ prefix: [], members: [{ id: 'a', rest: prompts[0]!.ids }] }],
    };
    const [answer] = await generator.generate(batch, { ...greedy, stopTokenIds: [first!] });
    expect(answer).toEqual({ id: 'a', tokens: [], stopped: true });
  });

  it('samples the same for the same seed, whatever the batch, and otherwise for another', async () => {
    const sampled = { ...greedy, temperature: 1.5, maxNewTokens: 12 };
    const run = async (size: number, seed: number): Promise<Record<string, number[]>> => {
      const answers: Record<string, number[]> = {};
      for (const batch of batchPrompts(prompts, size)) {
        for (const { id, tokens } of await generator.generate(batch, { ...sampled, seed }))
          answers[id] = tokens;
      }
      return answers;
    };
    const once = await run(1, 1);
    expect(await run(8, 1)).toEqual(once);
    expect(await run(1, 2)).not.toEqual(once);
  });
});
