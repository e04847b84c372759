import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { engineSettings } from '../../train/settings.fixture.js';
import { Generator } from './generator.js';
import { adapterShape, initialAdapter, trainedParameters } from './parameters.js';
import type { GenerateSettings, PromptBatch } from './prompt-batch.js';
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

/** A batch to its end, some tokens at a time. */
async function generate(
  batch: PromptBatch,
  settings: GenerateSettings,
): Promise<{ id: string; tokens: number[]; stopped: boolean }[]> {
  const answers = batch.groups.flatMap(({ members }) =>
    members.map(({ id }) => ({ id, tokens: [] as number[], stopped: false, done: false })),
  );
  const number = await generator.start(batch, settings);
  while (answers.some(({ done }) => !done)) {
    for (const { index, tokens, stopped, done } of await generator.advance(number, 4, [])) {
      const answer = answers[index]!;
      answer.tokens.push(...tokens);
      Object.assign(answer, { stopped, done });
    }
  }
  await generator.finish(number);
  return answers.map(({ id, tokens, stopped }) => ({ id, tokens, stopped }));
}

/** One prompt by itself, token by token: every step computes the whole sequence anew. */
async function alone(ids: number[], settings: GenerateSettings): Promise<number[]> {
  const made: number[] = [];
  for (let i = 0; i < settings.maxNewTokens; i++) {
    const batch: PromptBatch = {
      root: [],
      groups: [{ prefix: [], members: [{ id: 'x', rest: [...ids, ...made] }] }],
    };
    const [answer] = await generate(batch, { ...settings, maxNewTokens: 1 });
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
        for (const { id, tokens } of await generate(batch, greedy)) answers.set(id, tokens);
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
    const [answer] = await generate(batch, { ...greedy, stopTokenIds: [first!] });
    expect(answer).toEqual({ id: 'a', tokens: [], stopped: true });
  });

  it('goes on with the others when some answers are over, long after', async () => {
    const long = { ...greedy, maxNewTokens: 80 };
    const whole = new Map<string, number[]>();
    for (const { id, ids } of prompts) whole.set(id, await alone(ids, long));
    // Whatever stops some early and not all: the token that ends most answers soonest among those that do not end all.
    const places = (token: number): number[] => [...whole.values()].map((made) => made.indexOf(token));
    const candidates = [...new Set([...whole.values()].flat())].filter((token) => {
      const at = places(token);
      return at.some((i) => i >= 0 && i < 40) && at.some((i) => i < 0 || i > 60);
    });
    expect(candidates.length).toBeGreaterThan(0);
    for (const stop of candidates.slice(0, 3)) {
      for (const batch of batchPrompts(prompts, 8)) {
        for (const { id, tokens } of await generate(batch, { ...long, stopTokenIds: [stop] })) {
          const made = whole.get(id)!;
          const end = made.indexOf(stop);
          expect(tokens, id).toEqual(end < 0 ? made : made.slice(0, end));
        }
      }
    }
  });

  it('makes nothing more of an answer that is said to have ended', async () => {
    const [batch] = batchPrompts(prompts, 8);
    const number = await generator.start(batch!, { ...greedy, maxNewTokens: 20 });
    const first = await generator.advance(number, 2, []);
    expect(first.map(({ tokens }) => tokens.length)).toEqual([3, 3, 3, 3, 3]);
    const second = await generator.advance(number, 2, [0, 3]);
    expect(second.map(({ index }) => index).sort()).toEqual([1, 2, 4]);
    await generator.finish(number);
  });

  it('samples the same for the same seed, whatever the batch, and otherwise for another', async () => {
    const sampled = { ...greedy, temperature: 1.5, maxNewTokens: 12 };
    const run = async (size: number, seed: number): Promise<Record<string, number[]>> => {
      const answers: Record<string, number[]> = {};
      for (const batch of batchPrompts(prompts, size)) {
        for (const { id, tokens } of await generate(batch, { ...sampled, seed })) answers[id] = tokens;
      }
      return answers;
    };
    const once = await run(1, 1);
    expect(await run(8, 1)).toEqual(once);
    expect(await run(1, 2)).not.toEqual(once);
  });
});
