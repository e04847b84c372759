/**
 * Training speed and peak memory against PEFT: LoRA of rank 16 on all linear layers of a model of SmolLM2-135M's shape,
 * 4 rows of 256 tokens, a quarter of them supervised, in float32 and over an NF4 base (QLoRA).
 *
 * Both sides train the same random weights on the same rows from the same start (B is zero), so their first losses
 * must agree; they are compared before any figure is believed.
 * @module
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, run } from '../harness/process.mjs';
import { summarize } from '../harness/result.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** What has to be reached: tokens a second over PEFT's, and peak memory over PEFT's. */
const bars = {
  float32: { speed: 1.25, memory: 0.6 },
  nf4: { speed: 1.4, memory: 0.45 },
};
/** Largest difference of the first losses; NF4's base and float32's are the same numbers on both sides. */
const lossTolerance = 1e-3;

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'tokens/s and peak memory of LoRA and QLoRA training, against PEFT',
  rounds: 3,
  async run({ python, workDirectory, rounds, quick, log }) {
    const work = join(workDirectory, 'train');
    const threads = String(availableParallelism());
    const env = { ATTUNE_CACHE: join(workDirectory, 'attune-cache'), OMP_NUM_THREADS: threads };
    if (!existsSync(join(work, 'tokens', 'index.json'))) await run(python, [here('make_work.py'), work]);
    // Converting weights is done once in a model's life and is no part of a step: done before the rounds.
    await run(process.execPath, [here('attune.mjs'), work, 'nf4', '0'], { env });

    const steps = quick ? '2' : '5';
    const sides = {
      attune: (precision) => measure(process.execPath, [here('attune.mjs'), work, precision, steps], { env }),
      peft: (precision) => measure(python, [here('peft_train.py'), work, precision, steps], { env }),
    };
    const measured = {};
    for (let round = 1; round <= rounds; round++) {
      for (const precision of Object.keys(bars)) {
        for (const [side, start] of Object.entries(sides)) {
          const result = await start(precision);
          measured[precision] ??= { attune: [], peft: [] };
          measured[precision][side].push(result);
          log(
            `round ${round} ${precision.padEnd(8)} ${side.padEnd(7)} ${result.tokens_per_second.toFixed(0).padStart(5)} tokens/s  ${(result.peak_memory_bytes / 1e9).toFixed(2)} GB  first loss ${result.losses[0].toFixed(4)}`,
          );
        }
      }
    }
    return judge(measured);
  },
};

function judge(measured) {
  const failures = [];
  const parts = [];
  const results = {};
  for (const [precision, bar] of Object.entries(bars)) {
    const { attune, peft } = measured[precision];
    const losses = [...attune, ...peft].map((result) => result.losses[0]);
    const gap = Math.max(...losses) - Math.min(...losses);
    if (!(gap < lossTolerance))
      failures.push(`${precision}: the first losses differ by ${gap.toPrecision(2)}`);
    const of = (side, field) => summarize(side.map((result) => result[field]));
    const figures = {
      tokens_per_second: { attune: of(attune, 'tokens_per_second'), peft: of(peft, 'tokens_per_second') },
      peak_memory_bytes: { attune: of(attune, 'peak_memory_bytes'), peft: of(peft, 'peak_memory_bytes') },
    };
    const ratio = ({ attune: ours, peft: theirs }) => ours.median / theirs.median;
    const speed = ratio(figures.tokens_per_second);
    const memory = ratio(figures.peak_memory_bytes);
    if (speed < bar.speed) failures.push(`${precision}: ${speed.toFixed(2)}x tokens/s, bar ${bar.speed}x`);
    if (memory > bar.memory) failures.push(`${precision}: ${memory.toFixed(2)}x memory, bar ${bar.memory}x`);
    results[precision] = { ...figures, speed_ratio: speed, memory_ratio: memory, first_loss_gap: gap, bar };
    parts.push(`${precision} ${speed.toFixed(2)}x tokens/s at ${memory.toFixed(2)}x peak memory`);
  }
  return { measured: results, summary: `${parts.join(', ')} of PEFT`, failures };
}
