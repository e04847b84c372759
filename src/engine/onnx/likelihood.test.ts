import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../chat/shard.js';
import { type ChatFormat, createChatFormat } from '../../chat/template.js';
import { encodePrompt, tokenizeExample } from '../../chat/tokenize.js';
import type { Message } from '../../data/example.js';
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import { writeTinyModel } from '../../model/tiny-model.fixture.js';
import { engineSettings } from '../../train/settings.fixture.js';
import { loadBaseWeights } from './base-weights.js';
import { createLikelihoodScorer, type LikelihoodScorer, type ScoredConversation } from './likelihood.js';
import { layOut, shardsOf } from './tiny-training.fixture.js';
import { Trainer } from './trainer.js';

let cache: string;
let model: Model;
let format: ChatFormat;
let scorer: LikelihoodScorer;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'attune-likelihood-'));
  process.env.ATTUNE_CACHE = cache;
  await writeTinyModel(join(cache, 'tiny'), { initializer_range: 0.3 });
  model = await openModel(join(cache, 'tiny'));
  format = createChatFormat(model);
  scorer = createLikelihoodScorer({ model, format, precision: 'float32', threads: 1 });
});
afterAll(async () => {
  await scorer.close();
  delete process.env.ATTUNE_CACHE;
  await rm(cache, { recursive: true, force: true });
});

const table = 'Sales | 12 | 13\nCosts | 4 | 5';
const system: Message = { role: 'system', content: 'Answer from the table.' };
const ask = (id: string, question: string, answer: string): ScoredConversation => ({
  id,
  messages: [
    system,
    { role: 'user', content: `${table}\n\n${question}` },
    { role: 'assistant', content: answer },
  ],
});
const items = [
  ask('a', 'What were sales?', '12'),
  ask('b', 'What were the costs in the second year?', 'the costs were 5'),
  ask('c', 'What were sales?', '12 and then the sales were 13'),
  {
    id: 'd',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'hello there' },
      { role: 'user', content: 'Bye' },
      { role: 'assistant', content: 'bye' },
    ] satisfies Message[],
  },
];

/** Loss sum of a row by the graph that trains, whose adapter does nothing at its start. */
async function trainedLoss(ids: readonly number[], supervised: readonly boolean[]): Promise<number> {
  const row: Row = layOut(Math.ceil(ids.length / 8) * 8, [
    { parent: 0, ids: [...ids], supervised: [...supervised] },
  ]);
  const settings = engineSettings();
  const base = await loadBaseWeights(model, 'float32');
  const shards = shardsOf([row]);
  const { config } = model;
  const trainer = await Trainer.create({
    config,
    base,
    settings,
    train: shards,
    evaluation: shards,
    threads: 1,
  });
  const { lossSum } = await trainer.evaluate([0], 1);
  await trainer.close();
  return lossSum;
}

describe('createLikelihoodScorer', () => {
  it("gives the training graph's losses of the answer after its conversation and alone", async () => {
    const scores = await scorer.answerLosses(items);
    const opening = (await model.tokenizer.encode('<|im_start|>assistant\n')).ids;
    for (const [i, { id, messages }] of items.entries()) {
      const prompt = await encodePrompt(messages.slice(0, -1), format, model.tokenizer);
      const whole = [...(await tokenizeExample({ id, messages }, format, model.tokenizer)).ids];
      const answer = whole.slice(prompt.length);
      const { tokens, conditional, unconditional } = scores[i]!;
      expect(tokens).toBe(answer.length);
      const given = await trainedLoss(
        whole,
        whole.map((_, at) => at >= prompt.length),
      );
      const alone = await trainedLoss(
        [...opening, ...answer],
        [...opening.map(() => false), ...answer.map(() => true)],
      );
      expect(given).toBeGreaterThan(1);
      expect(Math.abs((tokens * conditional) / given - 1)).toBeLessThan(1e-5);
      expect(Math.abs((tokens * unconditional) / alone - 1)).toBeLessThan(1e-5);
      expect(Math.abs(conditional - unconditional)).toBeGreaterThan(1e-4);
    }
  });

  it('gives the same whatever stands in the batch', async () => {
    const together = await scorer.answerLosses(items);
    const small = createLikelihoodScorer({ model, format, precision: 'float32', threads: 1, batchTokens: 1 });
    const apart = [];
    for (const item of items.toReversed()) apart.unshift(...(await small.answerLosses([item])));
    await small.close();
    for (const [i, { tokens, conditional, unconditional }] of together.entries()) {
      expect(apart[i]!.tokens).toBe(tokens);
      expect(Math.abs(apart[i]!.conditional / conditional - 1)).toBeLessThan(1e-5);
      expect(Math.abs(apart[i]!.unconditional / unconditional - 1)).toBeLessThan(1e-5);
    }
    expect(await scorer.answerLosses(items)).toEqual(together);
  });

  it('reports progress, stops when asked to, and scores nothing as nothing', async () => {
    const seen: number[] = [];
    await scorer.answerLosses(items, { onProgress: ({ done, total }) => seen.push(done / total!) });
    expect(seen.at(-1)).toBe(1);
    await expect(scorer.answerLosses(items, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(await scorer.answerLosses([])).toEqual([]);
  });

  it('names what is too long and what has no answer', async () => {
    const long = ask('long', 'the '.repeat(5000), 'yes');
    await expect(scorer.answerLosses([long])).rejects.toThrow(/^long has \d+ tokens, the model reads \d+$/);
    const open = { id: 'open', messages: [{ role: 'user', content: 'Hi' } satisfies Message] };
    await expect(scorer.answerLosses([open])).rejects.toThrow(
      'open: the conversation does not end with an answer',
    );
  });

  it('has a hash that names model, template and precision', () => {
    const other = createLikelihoodScorer({ model, format, precision: 'bfloat16' });
    expect(other.hash).not.toBe(scorer.hash);
    expect(createLikelihoodScorer({ model, format, precision: 'float32' }).hash).toBe(scorer.hash);
  });
});
