/**
 * Examples a second on the finance training set: Attune, which computes a document once for all its questions, against PEFT,
 * which reads it again for each, packed as well as it can be. The real SmolLM2-135M-Instruct, LoRA of rank 16, the same
 * examples on both sides, a row of at most 768 tokens a step.
 *
 * The learning rate is zero: nothing of the computing is saved by that, and the mean loss over all examples must be the same
 * on both sides whatever the order.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonNotToCompile } from '../harness/compiler.mjs';
import { compare, figure, figuresOf, missedBars, sayComparison } from '../harness/figures.mjs';
import { exportedModel } from '../harness/model-folder.mjs';
import { measure, run } from '../harness/process.mjs';
import { inTurns, ownFailures } from '../harness/turns.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const measures = ['examples_per_second', 'tokens', 'steps', 'supervised_tokens', 'loss', 'peak_memory_bytes'];

const sides = {
  'attune-float32': ['float32', 'shared_prefix'],
  'attune-int8': ['int8', 'shared_prefix'],
  'attune-float32-unshared': ['float32', 'best_fit'],
  'peft-float32': ['float32', 'packed'],
  'peft-bfloat16': ['bfloat16', 'packed'],
  'compiled-float32': ['float32', 'packed', 'compiled'],
  'compiled-bfloat16': ['bfloat16', 'packed', 'compiled'],
  'peft-float32-sorted': ['float32', 'sorted'],
  'peft-bfloat16-sorted': ['bfloat16', 'sorted'],
};
const usualSides = Object.keys(sides).filter((side) => !side.endsWith('-sorted'));
const peers = Object.keys(sides).filter((side) => !side.startsWith('attune'));

/** Examples a second over the fastest peer of any precision; what has to be reached. */
const bars = { 'attune-int8': 3, 'attune-float32': 2 };
/** Largest difference of a side's mean loss from that of Attune in float32. */
const lossTolerance = (side) => (side.includes('float32') ? 1e-3 : 0.05);

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'examples/s on the finance training set with shared beginnings, against PEFT with packing',
  rounds: 2,
  async run({ python, workDirectory, rounds, quick, log, selection }) {
    const count = quick ? 8 : 200;
    const folder = join(workDirectory, 'examples', quick ? 'quick' : 'whole');
    if (!existsSync(join(folder, 'sample.json'))) {
      log('preparing the finance training set');
      await mkdir(folder, { recursive: true });
      await run(process.execPath, [here('prepare.mjs'), folder, String(count)], { cwd: here('../..') });
    }
    const model = await exportedModel(workDirectory, log);
    const env = {
      OMP_NUM_THREADS: String(availableParallelism()),
      HF_HUB_OFFLINE: '1',
      TORCHINDUCTOR_CACHE_DIR: join(folder, 'compiled'),
    };
    const noCompiler = reasonNotToCompile();
    const wanted = selection.sides ?? (selection.all ? Object.keys(sides) : usualSides);
    const uncompiled = noCompiler ? wanted.filter((side) => side.startsWith('compiled')) : [];
    if (uncompiled.length > 0) log(`going on without ${uncompiled.join(' and ')}: ${noCompiler}`);
    const starts = Object.fromEntries(
      wanted
        .filter((side) => !uncompiled.includes(side))
        .map((side) => [
          side,
          side.startsWith('attune')
            ? () => measure(process.execPath, [here('attune.mjs'), folder, ...sides[side]], { env })
            : () => measure(python, [here('peft_examples.py'), folder, model, ...sides[side]], { env }),
        ]),
    );
    const { measured, skipped } = await inTurns({ rounds, sides: starts, describe, log });
    return judge(measured, [...uncompiled.map((side) => ({ side, reason: noCompiler })), ...skipped]);
  },
};

const describe = (_side, { examples_per_second, tokens, steps, loss, peak_memory_bytes }) =>
  `${examples_per_second.toFixed(2).padStart(6)} examples/s  ${tokens} tokens in ${steps} steps  loss ${loss.toFixed(4)}  ${(peak_memory_bytes / 1e9).toFixed(2)} GB`;

function judge(measured, skipped) {
  const cell = 'finance';
  const figures = figuresOf(cell, measured, measures);
  const comparisons = [
    ...Object.entries(bars).map(([of, bar]) => ({ of, against: peers, bar: { at_least: bar } })),
    { of: 'attune-float32', against: 'attune-float32-unshared' },
    { of: 'attune-float32', against: 'peft-float32' },
  ]
    .map((wanted) => compare(figures, { cell, measure: 'examples_per_second', ...wanted }))
    .filter((one) => one !== undefined);
  const failures = ownFailures(skipped);
  const ours = figure(figures, cell, 'attune-float32', 'loss');
  for (const { side, median } of figures.filter((one) => ours && one.measure === 'loss')) {
    const gap = Math.abs(median - ours.median);
    if (!(gap <= lossTolerance(side))) failures.push(`the loss of ${side} differs by ${gap.toPrecision(2)}`);
  }
  const tokensOf = (side) => figure(figures, cell, side, 'tokens')?.median;
  const tokens = Object.keys(measured)
    .filter((side) => tokensOf(side) !== undefined)
    .map((side) => `${side} ${tokensOf(side)}`);
  return {
    figures,
    comparisons,
    skipped,
    measured: {},
    chart: [{ title: 'examples/s', cell, measure: 'examples_per_second' }],
    summary: `${comparisons.map(sayComparison).join('; ')}; tokens computed: ${tokens.join(', ')}`,
    failures: [...failures, ...missedBars(comparisons)],
  };
}
