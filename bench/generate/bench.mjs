/**
 * Answering 64 prompts of about 250 tokens with 64 new tokens each, SmolLM2-135M-Instruct, greedy: Attune in batches, in float32 and
 * int8, against Transformers' `generate` at batch 8, llama.cpp one sequence at a time, and Attune itself one prompt at a time.
 *
 * New tokens a second count the reading of the prompts; prompt tokens a second are those of answers of one token. In the cell
 * `apart` prompts have nothing in common but the chat template; in `shared` four questions stand behind one report, which peers
 * read again for each. Nothing ends an answer early on any side. The processor time of Attune's sides is compared too: it is
 * what remains comparable on a machine where other work goes on.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, figuresOf, missedBars, sayComparison } from '../harness/figures.mjs';
import { exportedModel } from '../harness/model-folder.mjs';
import { measure, run } from '../harness/process.mjs';
import { inTurns, ownFailures } from '../harness/turns.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** The default of `evaluation.batch_size`. */
const batchSize = 32;
const peerBatchSize = 8;

/** Programs and their parameters; `every` is the part of the prompts that is asked where each takes long. */
const sides = {
  'attune-float32': { engine: 'float32', batch: batchSize },
  'attune-int8': { engine: 'int8', batch: batchSize },
  'attune-float32-single': { engine: 'float32', batch: 1, every: 4 },
  'transformers-float32': { precision: 'float32' },
  'transformers-bfloat16': { precision: 'bfloat16' },
  'llama.cpp-q4_1': { engine: 'llama.cpp', batch: 1, every: 4 },
};
const cells = {
  apart: Object.keys(sides),
  shared: ['attune-float32', 'attune-int8', 'attune-float32-single'],
};

const measures = [
  'new_tokens_per_second',
  'new_tokens_per_processor_second',
  'prompt_tokens_per_second',
  'new_tokens',
  'prompt_tokens',
  'peak_memory_bytes',
];
const speed = 'new_tokens_per_second';
const wanted = [
  {
    cell: 'apart',
    measure: speed,
    of: 'attune-float32',
    against: 'transformers-float32',
    bar: { at_least: 2 },
  },
  {
    cell: 'apart',
    measure: speed,
    of: 'attune-int8',
    against: 'transformers-bfloat16',
    bar: { at_least: 1.5 },
  },
  { cell: 'apart', measure: speed, of: 'attune-float32', against: 'llama.cpp-q4_1' },
  { cell: 'apart', measure: speed, of: 'attune-int8', against: 'llama.cpp-q4_1' },
  ...['apart', 'shared'].flatMap((cell) => [
    {
      cell,
      measure: speed,
      of: 'attune-float32',
      against: 'attune-float32-single',
      bar: { at_least: 5 },
    },
    {
      cell,
      measure: 'new_tokens_per_processor_second',
      of: 'attune-float32',
      against: 'attune-float32-single',
    },
    { cell, measure: speed, of: 'attune-int8', against: 'attune-float32' },
  ]),
  {
    cell: 'apart',
    measure: 'prompt_tokens_per_second',
    of: 'attune-float32',
    against: 'transformers-float32',
  },
  { cell: 'apart', measure: 'prompt_tokens_per_second', of: 'attune-int8', against: 'transformers-bfloat16' },
];

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'new tokens/s of 64 answers, against Transformers, llama.cpp and one prompt at a time',
  rounds: 3,
  async run({ python, workDirectory, rounds, quick, log, selection }) {
    const count = quick ? 4 : 64;
    const newTokens = quick ? 8 : 64;
    const folder = join(workDirectory, 'generate');
    await mkdir(folder, { recursive: true });
    const model = await exportedModel(workDirectory, log);
    const env = { OMP_NUM_THREADS: String(availableParallelism()), HF_HUB_OFFLINE: '1' };
    const outcome = { figures: [], skipped: [], texts: {} };
    for (const [cell, usual] of Object.entries(cells)) {
      const prompts = join(folder, `${cell}-${count}.json`);
      if (!existsSync(prompts))
        await run(process.execPath, [here('write-prompts.mjs'), prompts, cell, String(count)]);
      const start = ({ engine, precision, batch, every = 1 }) => {
        const [command, parameters] = engine
          ? [process.execPath, [here('attune.mjs'), prompts, engine, every, batch, newTokens]]
          : [python, [here('transformers_generate.py'), model, prompts, precision, peerBatchSize, newTokens]];
        return () => measure(command, parameters.map(String), { env });
      };
      const chosen = usual.filter((side) => !selection.sides || selection.sides.includes(side));
      log(`${cell}:`);
      const { measured, skipped } = await inTurns({
        rounds,
        sides: Object.fromEntries(chosen.map((side) => [side, start(sides[side])])),
        describe,
        log,
      });
      outcome.figures.push(...figuresOf(cell, measured, measures));
      outcome.skipped.push(...skipped);
      outcome.texts[cell] = equalTexts(measured);
    }
    return judge(outcome);
  },
};

const describe = (_side, { new_tokens_per_second, prompt_tokens_per_second, peak_memory_bytes }) =>
  `${new_tokens_per_second.toFixed(1).padStart(6)} new tokens/s  ${prompt_tokens_per_second.toFixed(0).padStart(5)} prompt tokens/s  ${(peak_memory_bytes / 1e9).toFixed(2)} GB`;

/** How many texts of each side are those of Attune in float32 in batches, in the first round. */
function equalTexts({ 'attune-float32': [ours] = [], ...others }) {
  if (!ours) return {};
  return Object.fromEntries(
    Object.entries(others).flatMap(([side, [result]]) => {
      if (!result) return [];
      const ids = Object.keys(result.answers);
      const equal = ids.filter((id) => result.answers[id] === ours.answers[id]).length;
      return [[side, { equal, compared: ids.length }]];
    }),
  );
}

function judge({ figures, skipped, texts }) {
  const comparisons = wanted.map((one) => compare(figures, one)).filter((one) => one !== undefined);
  const failures = [...ownFailures(skipped), ...missedBars(comparisons)];
  for (const [cell, { 'attune-float32-single': single }] of Object.entries(texts)) {
    if (single && single.equal < single.compared) {
      failures.push(
        `${cell}: ${single.compared - single.equal} texts of a batch differ from those of one prompt`,
      );
    }
  }
  const equal = Object.entries(texts).flatMap(([cell, bySide]) =>
    Object.entries(bySide).map(
      ([side, { equal: same, compared }]) => `${cell} ${side} ${same} of ${compared}`,
    ),
  );
  return {
    figures,
    comparisons,
    skipped,
    measured: { batch_sizes: { attune: batchSize, transformers: peerBatchSize }, texts },
    chart: Object.keys(cells).map((cell) => ({ title: `${cell}: new tokens/s`, cell, measure: speed })),
    summary: `${comparisons
      .filter(({ measure: of }) => of === speed)
      .map((one) => `${one.cell} ${sayComparison(one)}`)
      .join('; ')}; texts equal to attune-float32: ${equal.join(', ')}`,
    failures,
  };
}
