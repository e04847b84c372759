import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShardSet } from '../../chat/shard.js';
import { AttuneError } from '../../errors.js';
import type { TinyModelSettings } from '../../model/tiny-model.fixture.js';
import { randomStream } from '../../random.js';
import { engineSettings } from '../../train/settings.fixture.js';
import type { EngineSettings } from '../../train/settings.js';
import { fillFromBase } from './checkpoint.js';
import { layOut, type Piece, shardsOf, tinyBase, tokens } from './tiny-training.fixture.js';
import { Trainer } from './trainer.js';

const { lora } = engineSettings();
const full = { method: 'full' as const, lora: undefined };
const methods = [
  { name: 'LoRA', settings: {} },
  { name: 'all weights', settings: full },
];

let tiny: Awaited<ReturnType<typeof tinyBase>>;
const opened: Trainer[] = [];
beforeAll(async () => {
  tiny = await tinyBase();
});
afterAll(async () => {
  for (const trainer of opened) await trainer.close();
});

/** A trainer whose every weight is in use: the initial B of an adapter is zero and would hide A's gradient. */
async function trainer(
  shards: ShardSet,
  changes: Partial<EngineSettings> = {},
  { evaluation, initial = false }: { evaluation?: ShardSet; initial?: boolean } = {},
): Promise<Trainer> {
  const { config, base } = tiny;
  const settings = engineSettings(changes);
  const made = await Trainer.create({ config, base, settings, train: shards, evaluation, threads: 1 });
  opened.push(made);
  if (settings.method === 'full') await fillFromBase(made.state, base.tensors);
  else if (!initial) {
    const random = randomStream(7, 'adapter');
    made.state.values.forEach((_, i) => {
      made.state.values[i] = 0.3 * random.normal();
    });
  }
  return made;
}

/** Loss and gradients of a step that changes nothing. */
async function lossAndGradients(
  shards: ShardSet,
  microBatches: number[][],
  changes: Partial<EngineSettings>,
) {
  const made = await trainer(shards, changes);
  const normaliser = shards.supervisedTokens;
  const { loss } = await made.step({ step: 1, optimizerStep: 1, microBatches, learningRate: 0, normaliser });
  return { loss, gradients: made.state.gradients };
}

type Outcome = Awaited<ReturnType<typeof lossAndGradients>>;

/** Asserts that two ways of computing a step agree within 1e-5. */
function expectSame(actual: Outcome, wanted: Outcome): void {
  const norm = (x: Float32Array): number => Math.hypot(...x);
  expect(wanted.loss).toBeGreaterThan(1);
  expect(norm(wanted.gradients)).toBeGreaterThan(0.1);
  expect(Math.abs(actual.loss / wanted.loss - 1)).toBeLessThan(1e-5);
  const difference = actual.gradients.map((g, i) => g - wanted.gradients[i]!);
  expect(norm(difference) / norm(wanted.gradients)).toBeLessThan(1e-5);
}

/** A prompt and an answer. */
function example(prompt: number[], answer: number[]): Piece {
  const supervised = [...prompt.map(() => false), ...answer.map(() => true)];
  return { parent: 0, ids: [...prompt, ...answer], supervised };
}

const examples = Array.from({ length: 8 }, (_, i) =>
  example(tokens(3 + 2 * i, 'prompt', i), tokens(1 + ((3 * i) % 7), 'answer', i)),
);

describe.each(methods)('a step gives the same loss and gradients ($name)', ({ settings }) => {
  const rows = shardsOf(examples.map((piece) => layOut(32, [piece])));

  it('as 1×8, 8×1 and 4×2 rows', async () => {
    const wanted = await lossAndGradients(rows, [[0, 1, 2, 3, 4, 5, 6, 7]], settings);
    const single = [[0], [1], [2], [3], [4], [5], [6], [7]];
    expectSame(await lossAndGradients(rows, single, settings), wanted);
    const pairs = [
      [6, 1],
      [0, 3],
      [2, 7],
      [5, 4],
    ];
    expectSame(await lossAndGradients(rows, pairs, settings), wanted);
  });

  it('packed and unpacked, though the packed row is cut into several blocks', async () => {
    const packed = shardsOf([layOut(136, examples.toReversed())]);
    const apart = await lossAndGradients(rows, [[0, 1, 2, 3, 4, 5, 6, 7]], settings);
    expectSame(await lossAndGradients(packed, [[0]], settings), apart);
  });

  it('with a shared and with a repeated beginning', async () => {
    const table = tokens(70, 'table');
    const questions = [5, 9, 7].map((length, i) => tokens(length, 'question', i));
    const answers = [4, 1, 3].map((length, i) => tokens(length, 'answer', i));
    const repeated = questions.map((question, i) =>
      layOut(88, [example([...table, ...question], answers[i]!)]),
    );
    // The last answer follows a question that it shares with another answer: two levels of sharing.
    const second = tokens(2, 'second answer');
    repeated.push(layOut(88, [example([...table, ...questions[2]!], second)]));
    const under = (parent: number, piece: Piece): Piece => ({ ...piece, parent });
    const shared = layOut(112, [
      { parent: 0, ids: table, supervised: false },
      under(1, example(questions[0]!, answers[0]!)),
      under(1, example(questions[1]!, answers[1]!)),
      under(1, { parent: 1, ids: questions[2]!, supervised: false }),
      under(4, example([], answers[2]!)),
      under(4, example([], second)),
    ]);
    const wanted = await lossAndGradients(
      shardsOf(repeated),
      [
        [0, 1],
        [2, 3],
      ],
      settings,
    );
    expectSame(await lossAndGradients(shardsOf([shared]), [[0]], settings), wanted);
  });

  it('with and without checkpoints', async () => {
    const wanted = await lossAndGradients(
      rows,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      settings,
    );
    const levels: Partial<EngineSettings>[] = [
      { gradient_checkpointing: true },
      { memory: { checkpointed_layers: 1, apart: false } },
      { memory: { checkpointed_layers: 9, loss_chunk_bytes: 1, apart: true } },
    ];
    for (const level of levels) {
      expectSame(
        await lossAndGradients(
          rows,
          [
            [0, 1, 2],
            [3, 4, 5],
          ],
          { ...settings, ...level },
        ),
        wanted,
      );
    }
  });
});

describe('dropout', () => {
  const rows = shardsOf(examples.map((piece) => layOut(32, [piece])));
  const dropping = { lora: { ...lora!, lora_dropout: 0.25 } };
  const request = { microBatches: [[0, 1, 2, 3]], normaliser: 12 };

  it('draws the same for the same seed and step, and other numbers for others', async () => {
    const run = async (step: number, seed: number): Promise<Float32Array> => {
      const made = await trainer(rows, { ...dropping, seed });
      await made.step({ ...request, step, optimizerStep: step, learningRate: 0.01 });
      return made.state.values;
    };
    const first = await run(1, 3);
    expect(await run(1, 3)).toEqual(first);
    expect(await run(2, 3)).not.toEqual(first);
    expect(await run(1, 4)).not.toEqual(first);
  });

  it('keeps the expectation: the gradient of a B that is zero is linear in the draws', async () => {
    const exact = await trainer(rows, {}, { initial: true });
    const { loss } = await exact.step({ ...request, step: 1, optimizerStep: 1, learningRate: 0 });
    const made = await trainer(rows, dropping, { initial: true });
    const mean = new Float64Array(made.state.gradients.length);
    const steps = 24;
    for (let step = 1; step <= steps; step++) {
      const result = await made.step({ ...request, step, optimizerStep: step, learningRate: 0 });
      // A zero B hides the draws from the loss.
      expect(result.loss).toBeCloseTo(loss, 5);
      made.state.gradients.forEach((g, i) => {
        mean[i]! += g / steps;
      });
    }
    const wanted = exact.state.gradients;
    const distance = (x: ArrayLike<number>): number =>
      Math.hypot(...wanted.map((g, i) => x[i]! - g)) / Math.hypot(...wanted);
    expect(distance(made.state.gradients)).toBeGreaterThan(0.4);
    expect(distance(mean)).toBeLessThan(0.2);
  });

  it('is off in evaluation', async () => {
    const [on, off] = await Promise.all(
      [dropping, {}].map((settings) => trainer(rows, settings, { evaluation: rows })),
    );
    expect(await on!.evaluate([0, 1, 2, 3, 4], 2)).toEqual(await off!.evaluate([0, 1, 2, 3, 4], 2));
  });
});

describe('evaluation', () => {
  it('gives the loss of the training step, whatever the batch size, and counts its tokens', async () => {
    const rows = shardsOf(examples.map((piece) => layOut(32, [piece])));
    const made = await trainer(rows, {}, { evaluation: rows });
    const every = [0, 1, 2, 3, 4, 5, 6, 7];
    const normaliser = rows.supervisedTokens;
    const { loss, tokens: seen } = await made.step({
      step: 1,
      optimizerStep: 1,
      microBatches: [every],
      learningRate: 0,
      normaliser,
    });
    expect(seen).toBe(rows.tokens);
    for (const batchSize of [1, 3, 8]) {
      const { lossSum, supervisedTokens } = await made.evaluate(every, batchSize);
      expect(supervisedTokens).toBe(normaliser);
      expect(Math.abs(lossSum / normaliser / loss - 1)).toBeLessThan(1e-6);
    }
  });

  it('loses no token when a later batch is larger than the first', async () => {
    // A vocabulary so large that logits are computed for 32 tokens at once.
    const wide: TinyModelSettings = {
      vocab_size: 2 ** 19,
      hidden_size: 4,
      num_hidden_layers: 1,
      num_attention_heads: 1,
      num_key_value_heads: 1,
      tie_word_embeddings: true,
    };
    const narrow = tiny;
    tiny = await tinyBase(wide);
    try {
      const supervised = example(tokens(1, 'one'), tokens(39, 'many'));
      const rows = shardsOf([layOut(40, [supervised]), layOut(40, [supervised])]);
      const made = await trainer(rows, {}, { evaluation: rows });
      const single = await made.evaluate([0, 1], 1);
      const together = await made.evaluate([0, 1], 2);
      expect(together.lossSum / single.lossSum).toBeCloseTo(1, 5);
      expect(single.lossSum / 78).toBeGreaterThan(5);
    } finally {
      tiny = narrow;
    }
  });
});

describe('numbers that are not finite', () => {
  const rows = shardsOf(examples.map((piece) => layOut(32, [piece])));

  const stateOf = ({ state }: Trainer): Float32Array[] =>
    [state.values, state.expAvg, state.expAvgSq].map((array) => array.slice());

  it('in the loss stop the step, name it and its rows, and change nothing', async () => {
    const made = await trainer(rows);
    await made.step({ step: 1, optimizerStep: 1, microBatches: [[0, 1]], learningRate: 0.01, normaliser: 5 });
    made.state.values[5] = Number.NaN;
    const before = stateOf(made);
    const failure = made.step({
      step: 2,
      optimizerStep: 2,
      microBatches: [[2, 3], [4]],
      learningRate: 0.01,
      normaliser: 5,
    });
    await expect(failure).rejects.toThrow(AttuneError);
    await expect(failure).rejects.toThrow('the loss became NaN at step 2, rows 2, 3');
    expect(stateOf(made)).toEqual(before);
  });

  it('in the gradient stop the step too, and the next one goes on from the good state', async () => {
    const made = await trainer(rows);
    const before = stateOf(made);
    const failure = made.step({
      step: 1,
      optimizerStep: 1,
      microBatches: [[2], [4]],
      learningRate: 0.01,
      normaliser: 1e-30,
    });
    await expect(failure).rejects.toThrow('the gradient became Infinity at step 1, rows 2, 4');
    expect(stateOf(made)).toEqual(before);
    const request = {
      step: 1,
      optimizerStep: 1,
      microBatches: [[2], [4]],
      learningRate: 0.01,
      normaliser: 9,
    };
    const other = await trainer(rows);
    expect(await made.step(request)).toEqual(await other.step(request));
    expect(stateOf(made)).toEqual(stateOf(other));
  });
});

describe('clipping', () => {
  it('scales the gradients to the limit before the update, and reports the norm before', async () => {
    const rows = shardsOf(examples.map((piece) => layOut(32, [piece])));
    const request = { step: 1, optimizerStep: 1, microBatches: [[0, 1]], learningRate: 0.01, normaliser: 5 };
    const optimizer = { ...engineSettings().optimizer };
    const free = await trainer(rows, { optimizer });
    const { gradNorm } = await free.step(request);
    const norm = Math.hypot(...free.state.gradients);
    expect(gradNorm / norm).toBeCloseTo(1, 5);
    const clipped = await trainer(rows, { optimizer: { ...optimizer, max_grad_norm: norm / 4 } });
    expect((await clipped.step(request)).gradNorm).toBe(gradNorm);
    clipped.state.expAvg.forEach((m, i) => {
      expect(m).toBeCloseTo(free.state.expAvg[i]! / 4, 5);
    });
    const loose = await trainer(rows, { optimizer: { ...optimizer, max_grad_norm: norm * 4 } });
    await loose.step(request);
    expect(loose.state.values).toEqual(free.state.values);
  });
});
