import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialLora, loraScaling, targetModules } from '../../adapter/lora.js';
import { readAdapter, writeAdapter } from '../../adapter/peft.js';
import { type ChatFormat, createChatFormat } from '../../chat/template.js';
import type { Likelihood, LikelihoodRequest, Likelihoods, System } from '../../evaluate/system.js';
import { writeJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import { writeSafetensors } from '../../model/safetensors.js';
import { writeTinyModel } from '../../model/tiny-model.fixture.js';
import { randomStream } from '../../random.js';
import { loadBaseWeights } from './base-weights.js';
import { scoreContinuations } from './continuations.js';
import { buildGenerateGraph } from './generate-graph.js';
import { loadAdapter } from './loaded-adapter.js';
import { createSequenceScorer } from './sequence-scores.js';
import { createSession, parameterValues } from './session.js';
import { createOnnxSystem, type OnnxSystemOptions } from './system.js';

const golden = (path: string): string =>
  fileURLToPath(new URL(`../../../test/golden/${path}`, import.meta.url));

let cache: string;
let model: Model;
let format: ChatFormat;
let adapterDirectory: string;
const systems: System[] = [];
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'attune-continuations-'));
  process.env.ATTUNE_CACHE = cache;
  await writeTinyModel(join(cache, 'tiny'), { initializer_range: 0.3 });
  model = await openModel(join(cache, 'tiny'));
  format = createChatFormat(model);
  adapterDirectory = join(cache, 'adapter');
  await writeRandomAdapter(adapterDirectory);
});
afterAll(async () => {
  for (const system of systems) await system.close();
  delete process.env.ATTUNE_CACHE;
  await rm(cache, { recursive: true, force: true });
});

const loraSettings = {
  r: 4,
  lora_alpha: 8,
  lora_dropout: 0,
  target_modules: ['q_proj', 'v_proj', 'down_proj'],
  use_rslora: false,
  bias: 'none' as const,
};

async function writeRandomAdapter(directory: string): Promise<void> {
  const random = randomStream(3, 'adapter');
  const tensors = new Map(
    targetModules(model.config, loraSettings).map((module) => {
      const pair = initialLora(module, loraSettings.r, 1);
      // An adapter whose B is zero would change nothing and prove nothing.
      return [module.name, { A: pair.A, B: pair.B.map(() => random.normal() * 0.2) }];
    }),
  );
  await writeAdapter(directory, { settings: loraSettings, tensors, baseModel: model });
}

async function open(options: Partial<OnnxSystemOptions> = {}): Promise<System> {
  const system = await createOnnxSystem({
    name: 'base',
    model,
    format,
    precision: 'float32',
    batchSize: 4,
    threads: 1,
    ...options,
  });
  systems.push(system);
  return system;
}

async function ask(system: System, requests: LikelihoodRequest[]): Promise<Map<string, Likelihood[]>> {
  const answers = new Map<string, Likelihood[]>();
  for await (const { id, continuations } of system.likelihoods!(requests)) answers.set(id, continuations);
  return answers;
}

function expectClose(actual: Map<string, Likelihood[]>, wanted: Map<string, Likelihood[]>): void {
  expect([...actual.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [id, likelihoods] of wanted) {
    for (const [i, { logLikelihood, tokens, greedy }] of likelihoods.entries()) {
      const found = actual.get(id)![i]!;
      expect(Math.abs(found.logLikelihood / logLikelihood - 1), `${id} ${i}`).toBeLessThan(1e-5);
      expect({ tokens: found.tokens, greedy: found.greedy }).toEqual({ tokens, greedy });
    }
  }
}

/** Log-softmax of the logits after each beginning of the sequence, each computed by itself, without packing or caches. */
async function plainForward(
  context: readonly number[],
  continuation: readonly number[],
  adapter?: string,
): Promise<Likelihood> {
  const { config } = model;
  const base = await loadBaseWeights(model, 'float32');
  const loaded = await loadAdapter(adapter, config);
  const graph = buildGenerateGraph({
    config,
    base,
    ...loaded,
    kind: 'read',
    hasPrefix: false,
    hasPast: false,
    blocks: 1,
  });
  const session = await createSession(graph.graph, { threads: 1 });
  const result = { logLikelihood: 0, tokens: continuation.length, greedy: true };
  for (const [i, token] of continuation.entries()) {
    const ids = [...context, ...continuation.slice(0, i)];
    const n = ids.length;
    const mask = Float32Array.from({ length: n * n }, (_, at) => (at % n <= Math.floor(at / n) ? 0 : -1e9));
    const integers = (values: number[], dims: number[]): ort.Tensor =>
      new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const outputs = await session.run({
      ...parameterValues(loaded),
      input_ids: integers(ids, [n]),
      position_ids: integers([...ids.keys()], [1, n]),
      mask: new ort.Tensor('float32', mask, [n, n]),
      last: integers([n - 1], [1]),
    });
    const logits = [...(outputs[graph.logits]!.data as Float32Array)];
    const highest = Math.max(...logits);
    result.logLikelihood +=
      logits[token]! - highest - Math.log(logits.reduce((sum, x) => sum + Math.exp(x - highest), 0));
    if (logits.indexOf(highest) !== token) result.greedy = false;
  }
  await session.close();
  return result;
}

const table = 'Sales | 12 | 13\nCosts | 4 | 5\n';
const requests: LikelihoodRequest[] = [
  { id: 'text', text: `${table}Were sales 12? Answer:`, continuations: [' yes', ' no', ' maybe the'] },
  { id: 'same table', text: `${table}Were the costs 5? Answer:`, continuations: [' no', ' yes'] },
  { id: 'start', text: '', continuations: ['the user is in', 'x'] },
  {
    id: 'chat',
    messages: [{ role: 'user', content: `${table}Were sales 12?` }],
    continuations: ['yes', 'no', '\nmaybe'],
  },
  { id: 'none', text: 'Nothing', continuations: [] },
];

async function reference(adapter?: string): Promise<Map<string, Likelihood[]>> {
  const ids = async (text: string): Promise<number[]> => (await model.tokenizer.encode(text)).ids;
  const found = new Map<string, Likelihood[]>();
  for (const { id, text, messages, continuations } of requests) {
    const prompt = messages ? format.render(messages, { addGenerationPrompt: true }) : text!;
    const context = prompt === '' ? await ids('<|im_start|>') : await ids(prompt);
    const likelihoods: Likelihood[] = [];
    for (const continuation of continuations) {
      likelihoods.push(await plainForward(context, await ids(continuation), adapter));
    }
    found.set(id, likelihoods);
  }
  return found;
}

describe('likelihoods of the embedded engine', () => {
  it('are those of a plain forward pass, token after token', async () => {
    expectClose(await ask(await open(), requests), await reference());
  });

  it('are the same in whatever company a request is', async () => {
    const system = await open();
    const together = await ask(system, requests);
    const apart = new Map<string, Likelihood[]>();
    for (const request of requests.toReversed()) {
      const found: Likelihood[] = [];
      for (const continuation of request.continuations) {
        const one = await ask(system, [{ ...request, continuations: [continuation] }]);
        found.push(...one.get(request.id)!);
      }
      apart.set(request.id, found);
    }
    expectClose(together, apart);
  });

  it('are those of the adapted model where there is an adapter, as with merged weights', async () => {
    const tuned = await ask(await open({ adapterDirectory }), requests);
    expectClose(tuned, await reference(adapterDirectory));
    expectClose(tuned, await ask(await open({ model: await mergedModel() }), requests));
    const base = await ask(await open(), requests);
    expect(
      Math.abs(tuned.get('text')![0]!.logLikelihood - base.get('text')![0]!.logLikelihood),
    ).toBeGreaterThan(1e-3);
  });

  it.each(['bfloat16', 'nf4'] as const)('exist in %s, near those of float32', async (precision) => {
    const full = (await ask(await open(), requests)).get('text')!;
    const reduced = (await ask(await open({ precision }), requests)).get('text')!;
    for (const [i, { logLikelihood }] of reduced.entries()) {
      expect(logLikelihood).not.toBe(full[i]!.logLikelihood);
      expect(Math.abs(logLikelihood / full[i]!.logLikelihood - 1)).toBeLessThan(0.5);
    }
  });

  it('call greedy what generation writes, and nothing else', async () => {
    const system = await open();
    const prompts = Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, text: `${i} is the` }));
    const settings = { max_new_tokens: 1, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
    const written = new Map<string, string>();
    for await (const { id, text } of system.answer(prompts, settings)) written.set(id, text);
    // Tokens of the tiny model are bytes; only printable ones stand for themselves in the text.
    const told = prompts.filter(({ id }) => /^[!-~]$/.test(written.get(id)!));
    expect(told.length).toBeGreaterThan(3);
    const found = await ask(
      system,
      told.map((prompt) => {
        const answer = written.get(prompt.id)!;
        return { ...prompt, continuations: [answer, answer === 'x' ? 'y' : 'x', `${answer}~`] };
      }),
    );
    for (const { id } of told) {
      const [first, other] = found.get(id)!;
      expect([first!.greedy, other!.greedy], id).toEqual([true, false]);
    }
    expect([...found.values()].some(([, , longer]) => !longer!.greedy)).toBe(true);
  });

  it('come as they are done, and stop when asked to', async () => {
    const scorer = createSequenceScorer({ model, precision: 'float32', threads: 1, batchTokens: 1 });
    const controller = new AbortController();
    const seen: Likelihoods[] = [];
    const all = async (): Promise<void> => {
      // Each fills a row of its own, and each row is a batch.
      const long = ['q', 'w', 'z'].map((letter) => ({
        id: letter,
        text: letter.repeat(200),
        continuations: ['a', 'b'],
      }));
      for await (const found of scoreContinuations(
        [requests.at(-1)!, ...long],
        model,
        format,
        scorer,
        controller.signal,
      )) {
        seen.push(found);
        if (seen.length === 3) controller.abort();
      }
    };
    await expect(all()).rejects.toThrow('aborted');
    expect(seen.map(({ id }) => id)).toContain('none');
    expect(seen).toHaveLength(3);
    await scorer.close();
  });

  it('name the request that is too long or adds nothing', async () => {
    const system = await open();
    const long = { id: 'long', text: 'q'.repeat(255), continuations: ['ab', 'abc'] };
    await expect(ask(system, [long])).rejects.toThrow(
      'the prompt of long with its continuation has 258 tokens, the model reads 256',
    );
    // The last token is not read, so one more than that can be scored.
    expect((await ask(system, [{ ...long, continuations: ['ab'] }])).get('long')![0]!.tokens).toBe(2);
    await expect(ask(system, [{ id: 'void', text: 'a', continuations: ['b', ''] }])).rejects.toThrow(
      'continuation 2 of void adds no token to its prompt',
    );
  });
});

/** The tiny model with the adapter's products added to its weights. */
async function mergedModel(): Promise<Model> {
  const directory = join(cache, 'merged');
  await cp(join(cache, 'tiny'), directory, { recursive: true });
  const { settings, tensors } = await readAdapter(adapterDirectory, model.config);
  const scaling = loraScaling(settings);
  const merged = [];
  for (const { name, shape } of model.weights.tensors.values()) {
    const data = await model.weights.readFloat32(name);
    const pair = tensors.get(name.replace(/\.weight$/, ''));
    if (pair) {
      const [rows, columns] = shape as [number, number];
      for (let i = 0; i < rows * columns; i++) {
        const [row, column] = [Math.floor(i / columns), i % columns];
        let sum = 0;
        for (let k = 0; k < settings.r; k++)
          sum += pair.B[row * settings.r + k]! * pair.A[k * columns + column]!;
        data[i]! += scaling * sum;
      }
    }
    merged.push({ name, dtype: 'F32' as const, shape, data });
  }
  await writeSafetensors(join(directory, 'model.safetensors'), merged, { format: 'pt' });
  return openModel(directory);
}

interface GoldenLikelihoods {
  tokenizer: object;
  pairs: [text: string, continuation: string, logLikelihood: number, greedy: boolean][];
  rolling: [text: string, logLikelihood: number][];
}

describe("lm-evaluation-harness's figures", () => {
  it.each(['plain', 'begun'])('are met with the tokenizer %s', async (name) => {
    const all = JSON.parse(await readFile(golden('likelihoods.json'), 'utf8')) as Record<
      string,
      GoldenLikelihoods
    >;
    const { tokenizer, pairs, rolling } = all[name]!;
    const directory = join(cache, name);
    await cp(golden('tiny'), directory, { recursive: true });
    await writeJson(join(directory, 'tokenizer.json'), tokenizer);
    const own = await openModel(directory);
    const system = await open({ model: own, format: createChatFormat(own) });
    const found = await ask(system, [
      ...pairs.map(([text, continuation], i) => ({ id: `pair ${i}`, text, continuations: [continuation] })),
      ...rolling.map(([text], i) => ({ id: `rolling ${i}`, text: '', continuations: [text] })),
    ]);
    expect(found.size).toBe(pairs.length + rolling.length);
    for (const [i, [, , wanted, greedy]] of pairs.entries()) {
      const [likelihood] = found.get(`pair ${i}`)!;
      expect(Math.abs(likelihood!.logLikelihood - wanted), pairs[i]!.join(' | ')).toBeLessThan(1e-3);
      expect(likelihood!.greedy).toBe(greedy);
    }
    expect(pairs.some(([, , , greedy]) => greedy)).toBe(true);
    for (const [i, [, wanted]] of rolling.entries()) {
      expect(Math.abs(found.get(`rolling ${i}`)![0]!.logLikelihood / wanted - 1)).toBeLessThan(1e-5);
    }
  });
});
