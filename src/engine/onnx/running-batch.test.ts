import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { engineSettings } from '../../train/settings.fixture.js';
import type { GenerateRequest, GenerateSettings } from './generate-request.js';
import { Generator } from './generator.js';
import { bytesPerToken } from './key-value-cache.js';
import { adapterShape, initialAdapter, trainedParameters } from './parameters.js';
import { type BatchLimits, RunningBatch } from './running-batch.js';
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

const plenty = 1e9;

function batchOf(places: number, keyValueBytes = plenty): RunningBatch {
  return new RunningBatch(generator, { places, keyValueBytes });
}

interface Asked {
  id: string;
  ids: readonly number[];
  settings?: Partial<GenerateSettings>;
}

interface Got {
  tokens: number[];
  stopped: boolean;
}

/** What is asked at each step, until everything is answered. */
async function answer(
  batch: RunningBatch,
  arrivals: readonly (readonly Asked[])[],
  settings: GenerateSettings = greedy,
): Promise<Map<string, Got>> {
  const asked: Asked[] = [];
  const answers = new Map<string, Got>();
  let open = 0;
  for (let step = 0; step < arrivals.length || open > 0; step++) {
    const requests = (arrivals[step] ?? []).map((one): GenerateRequest => {
      asked.push(one);
      answers.set(one.id, { tokens: [], stopped: false });
      return {
        number: asked.length - 1,
        ids: one.ids,
        stream: one.id,
        settings: { ...settings, ...one.settings },
      };
    });
    open += requests.length;
    for (const { number, tokens, done, stopped } of await batch.advance(requests, [])) {
      const answer = answers.get(asked[number]!.id)!;
      answer.tokens.push(...tokens);
      answer.stopped = stopped;
      if (done) open--;
    }
    if (step > 5000) throw new Error('does not end');
  }
  return answers;
}

const withoutCache = new Map<string, Promise<number[]>>();

/** One prompt by itself, token by token: every step computes the whole sequence anew. */
function alone(ids: readonly number[], count: number): Promise<number[]> {
  const key = `${count}:${ids}`;
  const known = withoutCache.get(key);
  if (known) return known;
  const made = (async () => {
    const made: number[] = [];
    while (made.length < count) {
      const batch = batchOf(1);
      const one = [{ id: 'x', ids: [...ids, ...made], settings: { maxNewTokens: 1 } }];
      made.push((await answer(batch, [one])).get('x')!.tokens[0]!);
    }
    return made;
  })();
  withoutCache.set(key, made);
  return made;
}

const root = tokens(20, 'root');
const tables = [tokens(30, 'table-1'), tokens(25, 'table-2')];
const prompts: Asked[] = [
  { id: 'a', ids: [...root, ...tables[0]!, ...tokens(5, 'a')] },
  { id: 'b', ids: [...root, ...tables[0]!, ...tokens(9, 'b')] },
  { id: 'c', ids: [...root, ...tables[1]!, ...tokens(3, 'c')] },
  { id: 'd', ids: [...root, ...tables[1]!, ...tokens(4, 'd')] },
  { id: 'e', ids: [...root, ...tokens(7, 'e')] },
  { id: 'f', ids: tokens(3, 'f') },
  { id: 'g', ids: [...root, ...tables[0]!, ...tokens(150, 'g')] },
];

describe('a batch', () => {
  it.each([1, 2, 3, 8])(
    'of %i places gives what each prompt gives alone, without any cache',
    async (places) => {
      const answers = await answer(batchOf(places), [prompts]);
      for (const { id, ids } of prompts) {
        expect(answers.get(id)!.tokens, id).toEqual(await alone(ids, greedy.maxNewTokens));
      }
    },
  );

  it('gives the same whenever prompts come, whatever the order, the limits and who else is there', async () => {
    const arrival = fc.record({
      prompt: fc.constantFrom(...prompts),
      maxNewTokens: fc.integer({ min: 1, max: 6 }),
      wait: fc.integer({ min: 0, max: 4 }),
    });
    const bytes = bytesPerToken(tiny.config);
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 14 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(plenty, 700 * bytes, 150 * bytes),
        async (arrivals, places, keyValueBytes) => {
          const steps: Asked[][] = [[]];
          for (const [i, { prompt, maxNewTokens, wait }] of arrivals.entries()) {
            for (let j = 0; j < wait; j++) steps.push([]);
            steps.at(-1)!.push({ id: `${i}`, ids: prompt.ids, settings: { maxNewTokens } });
          }
          const answers = await answer(batchOf(places, keyValueBytes), steps);
          for (const [i, { prompt, maxNewTokens }] of arrivals.entries()) {
            const whole = await alone(prompt.ids, 6);
            expect(answers.get(`${i}`)!.tokens).toEqual(whole.slice(0, maxNewTokens));
          }
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it('stops at a stop token and leaves it out', async () => {
    const [first] = await alone(prompts[0]!.ids, 1);
    const answers = await answer(batchOf(2), [[prompts[0]!]], { ...greedy, stopTokenIds: [first!] });
    expect(answers.get('a')).toEqual({ tokens: [], stopped: true });
  });

  it('goes on with the others when some answers are over, long after', async () => {
    const few = prompts.slice(0, 5);
    const count = 80;
    const whole = new Map(
      await Promise.all(few.map(async ({ id, ids }) => [id, await alone(ids, count)] as const)),
    );
    // Whatever stops some early and not all.
    const candidates = [...new Set([...whole.values()].flat())].filter((token) => {
      const at = [...whole.values()].map((made) => made.indexOf(token));
      return at.some((i) => i >= 0 && i < 40) && at.some((i) => i < 0 || i > 60);
    });
    expect(candidates.length).toBeGreaterThan(0);
    for (const stop of candidates.slice(0, 3)) {
      const settings = { ...greedy, maxNewTokens: count, stopTokenIds: [stop] };
      for (const [id, { tokens }] of await answer(batchOf(3), [few], settings)) {
        const made = whole.get(id)!;
        const end = made.indexOf(stop);
        expect(tokens, id).toEqual(end < 0 ? made : made.slice(0, end));
      }
    }
  });

  it('samples the same for the same seed, whoever else is there, and otherwise for another', async () => {
    const sampled = { ...greedy, temperature: 1.5, maxNewTokens: 12 };
    const run = async (places: number, seed: number): Promise<Map<string, Got>> =>
      answer(batchOf(places), [prompts], { ...sampled, seed });
    const once = await run(1, 1);
    expect(await run(8, 1)).toEqual(once);
    expect(await run(1, 2)).not.toEqual(once);
    // Others that are answered greedily change nothing, and are not changed.
    const others = prompts.map((one) => ({ ...one, id: `${one.id} greedy`, settings: greedy }));
    const mixed = await answer(batchOf(4), [others, prompts], sampled);
    for (const { id, ids } of prompts) {
      expect(mixed.get(id)).toEqual(once.get(id));
      expect(mixed.get(`${id} greedy`)!.tokens).toEqual(await alone(ids, greedy.maxNewTokens));
    }
  });

  it('makes nothing more of answers that are given up, and uses their places', async () => {
    const batch = batchOf(2);
    const requests = prompts.slice(0, 5).map(({ id, ids }, number) => ({
      number,
      ids,
      stream: id,
      settings: greedy,
    }));
    const numbers = (news: { number: number }[]): number[] => news.map(({ number }) => number).sort();
    // The first is read alone, as the second begins alike; a step later both grow.
    await batch.advance(requests, []);
    expect(numbers(await batch.advance([], []))).toEqual([0, 1]);
    expect(numbers(await batch.advance([], [0, 3]))).not.toContain(0);
    const left = new Map<number, number[]>();
    for (let i = 0; i < 40; i++) {
      for (const { number, tokens } of await batch.advance([], [])) {
        left.set(number, [...(left.get(number) ?? []), ...tokens]);
      }
    }
    expect([...left.keys()].sort()).toEqual([1, 2, 4]);
    expect(left.get(4)).toEqual(await alone(prompts[4]!.ids, 6));
    expect(await batch.advance([], [])).toEqual([]);
  });

  it('keeps all places taken until nothing waits', async () => {
    const batch = batchOf(3);
    const steps: number[] = [];
    const counting = { ...countingRunner(steps) };
    const counted = new RunningBatch(counting, { places: 3, keyValueBytes: plenty });
    const many = Array.from({ length: 12 }, (_, i) => ({
      id: `${i}`,
      ids: tokens(9, 'short', i),
      settings: { maxNewTokens: 4 + (i % 5) * 6 },
    }));
    const answers = await answer(counted, [many]);
    expect(answers).toEqual(await answer(batch, [many]));
    const last = steps.findIndex((rows) => rows < 3);
    // Only the last answers, for which nothing waits any more, grow with free places.
    expect(steps.slice(last).every((rows, i, rest) => i === 0 || rows <= rest[i - 1]!)).toBe(true);
    expect(steps.slice(0, last).length).toBeGreaterThan(30);
  });
});

/** The generator, noting how many sequences each step has. */
function countingRunner(steps: number[]): ConstructorParameters<typeof RunningBatch>[0] {
  return {
    config: generator.config,
    run: (newTokens) => {
      if (newTokens.kind === 'step') steps.push(newTokens.rows.length);
      return generator.run(newTokens);
    },
  };
}

describe('what was read', () => {
  /** How many tokens each prompt costs to read, one after the other in one batch. */
  async function costs(
    asked: readonly Asked[],
    limits: BatchLimits = { places: 4, keyValueBytes: plenty },
  ): Promise<number[]> {
    let read = 0;
    const batch = new RunningBatch(
      {
        config: generator.config,
        run: (newTokens) => {
          if (newTokens.kind === 'read') for (const row of newTokens.rows) read += row.length;
          return generator.run(newTokens);
        },
      },
      limits,
    );
    const result: number[] = [];
    for (const one of asked) {
      read = 0;
      const [answered] = await answer(batch, [[one]]);
      expect(answered![1].tokens).toEqual(await alone(one.ids, greedy.maxNewTokens));
      result.push(read);
    }
    return result;
  }

  it('is not read again while it is held, whether as a prompt or as an answer', async () => {
    const [first, second] = [prompts[0]!, prompts[1]!];
    const said = await alone(first.ids, greedy.maxNewTokens);
    const goesOn = { id: 'goes on', ids: [...first.ids, ...said, ...tokens(4, 'goes on')] };
    expect(await costs([first, second, goesOn, first])).toEqual([
      first.ids.length,
      9,
      // The last token of an answer was never computed with.
      1 + 4,
      1,
    ]);
  });

  it('is forgotten for others, the oldest first', async () => {
    const others = Array.from({ length: 8 }, (_, i) => ({ id: `${i}`, ids: tokens(40, 'other', i) }));
    const [first] = prompts;
    const all = await costs([first!, ...others, first!, others[7]!]);
    expect(all).toEqual([first!.ids.length, ...others.map(() => 40), first!.ids.length, 1]);
  });

  it('is read once for all that share it, when they come together', async () => {
    const read: number[][] = [];
    const batch = new RunningBatch(
      {
        config: generator.config,
        run: (newTokens) => {
          if (newTokens.kind === 'read') read.push(newTokens.rows.map((row) => row.length));
          return generator.run(newTokens);
        },
      },
      { places: 8, keyValueBytes: plenty },
    );
    await answer(batch, [prompts.slice(0, 5)]);
    // The first table with the root before it; the second table behind the root that is held now; then the questions.
    expect(read.flat().reduce((a, b) => a + b)).toBe(20 + 30 + 25 + (5 + 9 + 3 + 4 + 7));
  });
});

describe('the memory of a batch', () => {
  it('stays within its limit, as long as one prompt alone does', async () => {
    const bytes = bytesPerToken(tiny.config);
    const limit = 400 * bytes;
    let most = 0;
    const batch = new RunningBatch(
      {
        config: generator.config,
        run: (newTokens) => {
          const { past, prefix } = newTokens;
          if (newTokens.kind === 'step') {
            const own = past!.rows * past!.capacity;
            most = Math.max(most, own + (prefix ? prefix.cache.rows * prefix.cache.capacity : 0));
          }
          return generator.run(newTokens);
        },
      },
      { places: 8, keyValueBytes: limit },
    );
    const many = [0, 1, 2].flatMap((round) => prompts.map((one) => ({ ...one, id: `${one.id} ${round}` })));
    const answers = await answer(batch, [many], { ...greedy, maxNewTokens: 20 });
    for (const { id, ids } of many) expect(answers.get(id)!.tokens).toEqual(await alone(ids, 20));
    expect(most).toBeGreaterThan(0);
    expect(most * bytes).toBeLessThanOrEqual(limit);
  });
});
