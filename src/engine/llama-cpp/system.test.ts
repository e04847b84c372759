import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChatFormat } from '../../chat/template.js';
import type { Message } from '../../data/example.js';
import { AttuneError } from '../../errors.js';
import type { Answer, GenerationSettings, Likelihoods, Prompt, System } from '../../evaluate/system.js';
import { catalog } from '../../model/catalog.js';
import { loadModel } from '../../model/load.js';
import type { Model } from '../../model/model.js';
import { createTokenizer } from '../../model/native-tokenizer.js';
import { packagedModelFile } from '../../model/python-package.js';
import { writeTinyGguf } from '../../model/tiny-gguf.fixture.js';
import { writeTinyModel } from '../../model/tiny-model.fixture.js';
import { createLikelihoodScorer } from '../onnx/likelihood.js';
import { createOnnxSystem } from '../onnx/system.js';
import { createGgufSystem, type GgufSystem } from './system.js';

const greedy: GenerationSettings = { max_new_tokens: 16, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
const ask = (content: string, system?: string): Message[] => [
  ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
  { role: 'user', content },
];

async function answersOf(
  system: System,
  prompts: Prompt[],
  settings = greedy,
): Promise<Map<string, Omit<Answer, 'id'>>> {
  const found = new Map<string, Omit<Answer, 'id'>>();
  for await (const { id, ...answer } of system.answer(prompts, settings)) found.set(id, answer);
  return found;
}

async function likelihoodsOf(
  system: GgufSystem,
  requests: Parameters<GgufSystem['likelihoods']>[0],
): Promise<Map<string, Likelihoods['continuations']>> {
  const found = new Map<string, Likelihoods['continuations']>();
  for await (const { id, continuations } of system.likelihoods(requests)) found.set(id, continuations);
  return found;
}

/** Greedy texts of both engines, and log-likelihoods of answers with their end of turn. */
async function compareWithEmbedded(
  model: Model,
  system: GgufSystem,
  prompts: Prompt[],
  answers: string[],
): Promise<number> {
  const format = createChatFormat(model);
  const embedded = await createOnnxSystem({
    name: 'base',
    model,
    format,
    precision: 'float32',
    batchSize: 4,
    threads: 1,
  });
  const [ours, theirs] = [await answersOf(embedded, prompts), await answersOf(system, prompts)];
  await embedded.close();
  for (const { id } of prompts) expect(theirs.get(id), id).toEqual(ours.get(id));

  const conversations = prompts.filter(({ messages }) => messages);
  const scorer = createLikelihoodScorer({ model, format, precision: 'float32', threads: 1 });
  const scored = conversations.flatMap(({ id, messages }) =>
    answers.map((content, i) => ({
      id: `${id}-${i}`,
      messages: [...messages!, { role: 'assistant' as const, content }],
    })),
  );
  const losses = await scorer.answerLosses(scored);
  await scorer.close();
  const found = await likelihoodsOf(
    system,
    conversations.map(({ id, messages }) => ({
      id,
      messages: messages!,
      continuations: answers.map((answer) => `${answer}${format.endOfTurn}`),
    })),
  );
  const theirSums = conversations.flatMap(({ id }) => found.get(id)!);
  let furthest = 0;
  for (const [i, { logLikelihood, tokens }] of theirSums.entries()) {
    expect(tokens, scored[i]!.id).toBe(losses[i]!.tokens);
    furthest = Math.max(furthest, Math.abs(logLikelihood / tokens + losses[i]!.conditional));
  }
  return furthest;
}

let root: string;
let file: string;
let model: Model;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-gguf-system-'));
  await writeTinyModel(join(root, 'tiny'), { initializer_range: 0.3 });
  file = join(root, 'tiny.gguf');
  await writeTinyGguf(file, join(root, 'tiny'));
  model = { ...(await loadModel(join(root, 'tiny'))), name: 'tiny' };
});
afterAll(() => rm(root, { recursive: true }));

const tinyPrompts: Prompt[] = [
  { id: 'plain', messages: ask('What is the user of a system?') },
  { id: 'system', messages: ask('What is 1,496.5 in 2021?', 'the system') },
  {
    id: 'turns',
    messages: [...ask('the'), { role: 'assistant', content: 'is' }, { role: 'user', content: 'of a' }],
  },
  { id: 'text', text: 'What is the' },
  { id: 'special', messages: ask('Grüße 日本 <|endoftext|> 😀') },
];

describe('a tiny model in llama.cpp', () => {
  const open = (more: Partial<Parameters<typeof createGgufSystem>[0]> = {}): Promise<GgufSystem> =>
    createGgufSystem({ name: 'gguf', file, batchSize: 3, threads: 1, gpu: false, ...more });

  it('answers and scores as the embedded engine does', async () => {
    const system = await open({ tokenizer: model.tokenizer });
    const furthest = await compareWithEmbedded(model, system, tinyPrompts, ['the user', '-1', 'of a 日']);
    expect(furthest).toBeLessThan(1e-2);
    await system.close();
  });

  it('has the chat format of the file, and another hash for another file or template', async () => {
    const other = join(root, 'other.gguf');
    await writeTinyModel(join(root, 'other'), { seed: 7 });
    await writeTinyGguf(other, join(root, 'other'));
    const [system, copy, changed] = [await open(), await open({ name: 'copy' }), await open({ file: other })];
    const format = createChatFormat(model);
    expect([system.format.hash, system.format.stopTokenIds, system.format.endOfTurn]).toEqual([
      format.hash,
      format.stopTokenIds,
      format.endOfTurn,
    ]);
    expect(copy.hash).toBe(system.hash);
    expect(changed.hash).not.toBe(system.hash);
    const templated = await open({
      format: createChatFormat({
        ...model,
        chatTemplate: "{% for m in messages %}{{ m.content + '<|im_end|>' }}{% endfor %}",
      }),
    });
    expect(templated.hash).not.toBe(system.hash);
    for (const one of [system, copy, changed, templated]) await one.close();
  });

  it('draws the same texts whatever is answered beside them', async () => {
    const system = await open();
    const settings = { ...greedy, temperature: 0.8, top_p: 0.9, top_k: 50 };
    const together = await answersOf(system, tinyPrompts, settings);
    const alone = await answersOf(system, [tinyPrompts[1]!], settings);
    expect(alone.get('system')).toEqual(together.get('system'));
    const texts = new Set<string>();
    for (const seed of [1, 2, 3]) {
      texts.add((await answersOf(system, [tinyPrompts[0]!], { ...settings, seed })).get('plain')!.text);
    }
    expect(texts.size).toBe(3);
    const whole = await answersOf(system, [tinyPrompts[0]!], { ...settings, top_p: 1, top_k: 0 });
    expect(whole.get('plain')!.newTokens).toBeGreaterThan(0);
    await system.close();
  });

  it('ends before a stop text', async () => {
    const system = await open();
    const [prompt] = tinyPrompts;
    const { text } = (await answersOf(system, [prompt!])).get('plain')!;
    const stop = [...text.slice(3)].slice(0, 2).join('');
    const stopped = (await answersOf(system, [{ ...prompt!, stop: ['never', stop] }])).get('plain')!;
    expect(stopped.stopped).toBe(true);
    expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)).trim());
    expect(stopped.newTokens!).toBeLessThan(greedy.max_new_tokens);
    await system.close();
  });

  it('scores a text by itself, in windows where it is longer than the room', async () => {
    const system = await open({ contextSize: 16 });
    const text = 'What is the user of a system and the user in the system of a user 2021?';
    const [whole] = (await likelihoodsOf(system, [{ id: 'a', text: '', continuations: [text] }])).get('a')!;
    const { ids } = await model.tokenizer.encode(text);
    expect(whole!.tokens).toBe(ids.length);
    const pieces = [];
    for (let from = 0; from < ids.length; from += 16) {
      const end = Math.min(ids.length, from + 16);
      const context = from === 0 ? [] : ids.slice(Math.max(0, end - 17), from);
      pieces.push({
        id: `${from}`,
        text: model.tokenizer.decode(context),
        continuations: [model.tokenizer.decode(ids.slice(from, end))],
      });
    }
    const wide = await open();
    const parts = await likelihoodsOf(wide, pieces);
    // Only the first window begins with BOS, which an empty prompt stands for.
    const sum = [...parts.values()].reduce((total, [part]) => total + part!.logLikelihood, 0);
    expect(whole!.logLikelihood).toBeCloseTo(sum, 2);
    const long = { id: 'b', text: 'What is the user of a', continuations: [text] };
    await expect(likelihoodsOf(system, [long])).rejects.toThrow(/b has \d+ tokens.*more than the 16/);
    for (const one of [system, wide]) await one.close();
  });

  it('refuses prompts without room, other tokenizers, and files that are no model', async () => {
    const system = await open({ contextSize: 40 });
    await expect(answersOf(system, [tinyPrompts[0]!])).rejects.toMatchObject({ field: 'context_size' });
    await system.close();

    const definition = JSON.parse(model.tokenizer.toJSON());
    definition.model.merges = definition.model.merges.slice(0, 2);
    const other = await open({ tokenizer: createTokenizer(definition, { eosToken: '<|im_end|>' }, file) });
    await expect(answersOf(other, [tinyPrompts[1]!])).rejects.toMatchObject({
      message: expect.stringMatching(/other tokens of the prompt of system.*at token 1, near "system/),
      field: 'tokenizer.ggml.pre',
    });
    await other.close();

    await expect(
      open({ format: { ...createChatFormat(model), endOfTurn: '</s>', stopTokenIds: [2] } }),
    ).rejects.toThrow(/end of a turn, "<\/s>"/);
    await expect(open({ file: join(root, 'nowhere.gguf') })).rejects.toMatchObject({
      message: 'no such file or folder',
      file: join(root, 'nowhere.gguf'),
    });
    await writeFile(join(root, 'broken.gguf'), (await readFile(file)).subarray(0, 9000));
    await expect(open({ file: join(root, 'broken.gguf') })).rejects.toBeInstanceOf(AttuneError);
    await cp(file, join(root, 'adapter.gguf'));
    const misfit = await open({ adapterFile: join(root, 'adapter.gguf') });
    await expect(answersOf(misfit, [tinyPrompts[0]!])).rejects.toMatchObject({
      file: join(root, 'adapter.gguf'),
    });
    await misfit.close();
  });

  it('stops when it is told to', async () => {
    const system = await open();
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of system.answer(tinyPrompts, greedy, stop.signal)) stop.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    const [first, second] = [system.answer(tinyPrompts, greedy), system.answer(tinyPrompts, greedy)].map(
      (all) => all[Symbol.asyncIterator](),
    );
    const begun = first!.next();
    await expect(second!.next()).rejects.toThrow('one list of questions at a time');
    await begun;
    await first!.return!();
    expect((await answersOf(system, [tinyPrompts[0]!])).size).toBe(1);
    await system.close();
  });
});

const smolLm = packagedModelFile(catalog[0]!.pythonPackage!);
const skipReason = existsSync(smolLm) ? '' : ` (skipped: ${smolLm} is not there)`;

describe.skipIf(skipReason)(`SmolLM2-135M-Instruct in llama.cpp${skipReason}`, () => {
  it('writes the same greedy texts as the embedded engine, with the same likelihoods', async () => {
    const real: Model = { ...(await loadModel(smolLm)), name: 'smollm2' };
    const system = await createGgufSystem({
      name: 'gguf',
      file: smolLm,
      format: createChatFormat(real),
      tokenizer: real.tokenizer,
      batchSize: 4,
      threads: 1,
      gpu: false,
    });
    const prompts: Prompt[] = [
      { id: 'sum', messages: ask('What is 2 + 3? Answer with the number only.') },
      { id: 'capital', messages: ask('Name the capital of Italy.', 'Answer in one word.') },
    ];
    // llama.cpp rounds activations to 8 bits before it multiplies them with 4-bit weights, the embedded engine does not.
    // With the same weights as 32-bit floats the two agreed to 0.002 per token, and to 0.01 where log p is -17.
    const furthest = await compareWithEmbedded(real, system, prompts, ['Rome', 'The sky is blue.']);
    expect(furthest).toBeLessThan(0.7);

    const text: Prompt = { id: 'text', text: 'The three primary colours are' };
    for (const prompt of [prompts[0]!, text]) {
      const { id } = prompt;
      const { text: said } = (await answersOf(system, [prompt], { ...greedy, max_new_tokens: 4 })).get(id)!;
      const written = prompt.text ? ` ${said}` : said;
      const found = await likelihoodsOf(system, [
        { ...prompt, continuations: [written, `${written} zebra`, 'zebra'] },
      ]);
      expect(
        found.get(id)!.map((one) => one.greedy),
        id,
      ).toEqual([true, false, false]);
    }
    await system.close();
  });
});
