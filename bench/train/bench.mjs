/**
 * Training speed, peak memory and time to the first step against PEFT, eager and under torch.compile: LoRA of rank 16 on all
 * linear layers in float32, bfloat16, int8 and over an NF4 base (QLoRA).
 *
 * All sides train the same random weights on the same rows from the same start (B is zero), so their first losses must
 * agree; they are compared before any figure is believed. `cells.mjs` holds the matrix and the bars.
 * @module
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonNotToCompile } from '../harness/compiler.mjs';
import { compare, figure, figuresOf, missedBars, sayComparison } from '../harness/figures.mjs';
import { measure, run } from '../harness/process.mjs';
import { describeMachine } from '../harness/result.mjs';
import { writeTokenRows } from '../harness/token-rows.mjs';
import { inTurns, ownFailures, reasonOf } from '../harness/turns.mjs';
import { allCells, barsOf, firstStepBar, lossTolerances, readCell, sides, usualSides } from './cells.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const measures = ['tokens_per_second', 'peak_memory_bytes', 'seconds_to_first_step', 'first_loss'];
/** Of all models that are made here. */
const vocabSize = 49152;

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'tokens/s and peak memory of LoRA and QLoRA training, against PEFT with and without torch.compile',
  rounds: 3,
  async run({ python, workDirectory, rounds, quick, log, selection }) {
    const names =
      selection.cells ?? (selection.all ? allCells : [quick ? 'tiny-2x64-quarter' : '135m-4x256-quarter']);
    const cells = names.map(readCell);
    const wanted = selection.sides ?? (selection.all ? Object.keys(sides) : usualSides);
    const unknown = wanted.find((side) => !Object.hasOwn(sides, side));
    if (unknown) throw new Error(`${unknown} is no side; they are ${Object.keys(sides).join(', ')}`);
    const noCompiler = reasonNotToCompile();
    const uncompiled = noCompiler ? wanted.filter((side) => side.startsWith('compiled')) : [];
    if (uncompiled.length > 0) log(`going on without ${uncompiled.join(' and ')}: ${noCompiler}`);

    const outcome = { figures: [], conversions: {}, skipped: [] };
    for (const side of uncompiled) outcome.skipped.push({ side, reason: noCompiler });
    const chosen = wanted.filter((side) => !uncompiled.includes(side));
    for (const cell of cells) {
      log(`${cell.name}`);
      const work = { python, folder: join(workDirectory, 'train'), steps: quick ? 2 : 5, rounds, log };
      const { figures, conversions, skipped } = await measureCell(cell, chosen, work);
      outcome.figures.push(...figures);
      outcome.skipped.push(...skipped);
      outcome.conversions[cell.model] ??= conversions;
    }
    return judge(outcome, cells, await describeMachine());
  },
};

/** Runs the chosen sides on one cell. */
async function measureCell(cell, chosen, { python, folder, steps, rounds, log }) {
  const model = join(folder, cell.model);
  const tokens = join(folder, `${cell.rows}x${cell.length}-${cell.share}`);
  if (!existsSync(join(model, 'tokenizer_config.json'))) {
    await run(python, [here('make_model.py'), model, cell.model]);
  }
  if (!existsSync(join(tokens, 'index.json'))) await writeTokenRows(tokens, { ...cell, vocabSize });
  const env = {
    ATTUNE_CACHE: join(folder, 'attune-cache'),
    // Kept through the rounds, so the first round shows what compiling takes.
    TORCHINDUCTOR_CACHE_DIR: join(folder, 'compiled'),
    OMP_NUM_THREADS: String(availableParallelism()),
    HF_HUB_OFFLINE: '1',
  };
  await rm(env.ATTUNE_CACHE, { recursive: true, force: true });
  await rm(env.TORCHINDUCTOR_CACHE_DIR, { recursive: true, force: true });

  const conversions = {};
  const starts = {};
  const failed = [];
  for (const side of chosen) {
    const { precision, words = [] } = sides[side];
    const parameters = (count) => [model, tokens, precision, String(count), ...words];
    if (!side.startsWith('attune')) {
      starts[side] = () => measure(python, [here('peft_train.py'), ...parameters(steps)], { env });
      continue;
    }
    starts[side] = () => measure(process.execPath, [here('attune.mjs'), ...parameters(steps)], { env });
    try {
      const { conversion_seconds } = await measure(process.execPath, [here('attune.mjs'), ...parameters(0)], {
        env,
      });
      conversions[precision] ??= conversion_seconds;
    } catch (error) {
      failed.push({ side, reason: reasonOf(error) });
      log(`${side} is left out: ${reasonOf(error)}`);
      delete starts[side];
    }
  }
  const { measured, skipped } = await inTurns({ rounds, sides: starts, describe, log });
  return { figures: figuresOf(cell.name, measured, measures), conversions, skipped: [...failed, ...skipped] };
}

const describe = (_side, { tokens_per_second, peak_memory_bytes, seconds_to_first_step, first_loss }) =>
  `${tokens_per_second.toFixed(0).padStart(6)} tokens/s  ${(peak_memory_bytes / 1e9).toFixed(2)} GB  first step after ${seconds_to_first_step.toFixed(1)} s  first loss ${first_loss.toFixed(4)}`;

function judge({ figures, conversions, skipped }, cells, { vector_extensions }) {
  const bars = barsOf(vector_extensions.some((name) => name.startsWith('amx')));
  const comparisons = cells.flatMap(({ name }) =>
    bars.map((wanted) => compare(figures, { cell: name, ...wanted })).filter((one) => one !== undefined),
  );
  const failures = ownFailures(skipped);
  for (const { name, model } of cells) {
    for (const { side, against, most } of lossTolerances) {
      const [ours, theirs] = [side, against].map((one) => figure(figures, name, one, 'first_loss'));
      const gap = ours && theirs ? Math.abs(ours.median - theirs.median) : 0;
      if (!(gap <= most)) {
        failures.push(`${name}: the first losses of ${side} and ${against} differ by ${gap.toPrecision(2)}`);
      }
    }
    for (const { side, median } of figures.filter(isFirstStepOfAttune(name))) {
      const seconds = median + (conversions[model][sides[side].precision] ?? 0);
      if (seconds > firstStepBar) {
        failures.push(
          `${name}: ${side} made its first step after ${seconds.toFixed(1)} s, bar ${firstStepBar} s`,
        );
      }
    }
  }
  failures.push(...missedBars(comparisons));
  return {
    figures,
    comparisons,
    skipped,
    measured: {
      conversion_seconds: conversions,
      first_step_bar: firstStepBar,
      loss_tolerances: lossTolerances,
    },
    chart: cells.flatMap(({ name }) => [
      { title: `${name}: tokens/s`, cell: name, measure: 'tokens_per_second' },
      { title: `${name}: peak memory, GB`, cell: name, measure: 'peak_memory_bytes', divisor: 1e9 },
    ]),
    summary: comparisons
      .filter(({ measure: of }) => of === 'tokens_per_second')
      .map(sayComparison)
      .join('; '),
    failures,
  };
}

const isFirstStepOfAttune =
  (name) =>
  ({ cell, side, measure: of }) =>
    cell === name &&
    of === 'seconds_to_first_step' &&
    side.startsWith('attune') &&
    !side.includes('checkpoint');
