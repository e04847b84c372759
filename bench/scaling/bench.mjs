/**
 * How speed grows with size, without a peer: training tokens/s over the tokens of a step (rows × length), and seconds of
 * `data prepare` over the number of rows.
 *
 * The model is the real SmolLM2-135M-Instruct with LoRA of rank 16, a quarter of the tokens supervised. `scale` takes the
 * data up to a million documents.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultModel } from '../../dist/model/catalog.js';
import { drawLines } from '../harness/chart.mjs';
import { figure, figuresOf } from '../harness/figures.mjs';
import { measure, spawnMeasured } from '../harness/process.mjs';
import { writeTokenRows } from '../harness/token-rows.mjs';
import { inTurns, ownFailures } from '../harness/turns.mjs';
import { makeCorpus } from '../scale/make-corpus.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const picture = here('../../docs/images/scaling.svg');

/** Rows × length of a step. */
const usualCells = [
  '1x128',
  '2x128',
  '4x128',
  '8x128',
  '16x128',
  '1x256',
  '2x256',
  '4x256',
  '8x256',
  '1x512',
  '2x512',
  '4x512',
  '1x1024',
  '2x1024',
];
const quickCells = ['1x64', '2x64'];
const usualSides = ['attune-float32', 'attune-int8'];
const documents = { whole: [1_000, 3_000, 10_000, 30_000], quick: [300, 1_000] };
const vocabSize = 49152;

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'tokens/s over the tokens of a step, and seconds of `data prepare` over rows',
  rounds: 1,
  python: false,
  async run({ workDirectory, rounds, quick, log, selection }) {
    const cells = selection.cells ?? (quick ? quickCells : usualCells);
    const sides = selection.sides ?? (selection.all ? [...usualSides, 'attune-nf4'] : usualSides);
    const figures = [];
    const skipped = [];
    for (const cell of cells) {
      const trained = await trainCell(cell, sides, { workDirectory, steps: quick ? 1 : 4, rounds, log });
      figures.push(...figuresOf(cell, trained.measured, ['tokens_per_second', 'peak_memory_bytes']));
      skipped.push(...trained.skipped);
    }
    for (const count of quick ? documents.quick : documents.whole) {
      figures.push(...(await prepareData(count, { workDirectory, rounds, log })));
    }
    const points = trainingPoints(figures, cells, sides);
    const prepared = figures.filter((one) => one.measure === 'seconds');
    if (!quick) await writeFile(picture, await plot(points, prepared));
    const last = prepared.at(-1);
    return {
      figures,
      skipped,
      measured: { points },
      summary: `${sides
        .map((side) => fastest(points, side))
        .filter(Boolean)
        .join('; ')}; ${last.cell} prepared in ${last.median.toFixed(1)} s`,
      failures: ownFailures(skipped),
    };
  },
};

/** Runs the sides in turns on one size of step. */
async function trainCell(cell, sides, { workDirectory, steps, rounds, log }) {
  const [rows, length] = cell.split('x').map(Number);
  const directory = join(workDirectory, cell);
  if (!existsSync(join(directory, 'index.json'))) {
    await writeTokenRows(directory, { rows, length, share: 0.25, vocabSize });
  }
  const start = (side) => () =>
    measure(process.execPath, [
      here('../train/attune.mjs'),
      defaultModel,
      directory,
      side.replace('attune-', ''),
      String(steps),
    ]);
  return inTurns({
    rounds,
    sides: Object.fromEntries(sides.map((side) => [side, start(side)])),
    describe: (_side, { tokens_per_second, peak_memory_bytes }) =>
      `${cell.padEnd(7)} ${tokens_per_second.toFixed(0).padStart(5)} tokens/s  ${(peak_memory_bytes / 1e9).toFixed(2)} GB`,
    log,
  });
}

async function prepareData(count, { workDirectory, rounds, log }) {
  const corpus = join(workDirectory, `${count}.jsonl`);
  if (!existsSync(corpus)) await makeCorpus(corpus, count);
  const folder = join(workDirectory, 'data');
  const results = [];
  for (let round = 1; round <= rounds; round++) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await writeFile(
      join(folder, 'recipe.yaml'),
      `name: scaling\ndata:\n  sources: [{ type: records, path: ${JSON.stringify(corpus)} }]\n`,
    );
    const { seconds, peakMemoryBytes } = await spawnMeasured(
      process.execPath,
      [here('../../dist/cli/main.js'), 'data', 'prepare', 'recipe.yaml', '--json'],
      { cwd: folder },
    );
    log(`round ${round} ${count} documents prepared in ${seconds.toFixed(1)} s`);
    results.push({ seconds, peak_memory_bytes: peakMemoryBytes });
  }
  return figuresOf(`${count} documents`, { attune: results }, ['seconds', 'peak_memory_bytes']);
}

/** What the chart shows of training, in the order of the cells. */
function trainingPoints(figures, cells, sides) {
  return sides.flatMap((side) =>
    cells.flatMap((cell) => {
      const [rows, length] = cell.split('x').map(Number);
      const speed = figure(figures, cell, side, 'tokens_per_second');
      return speed ? [{ side, rows, length, tokens: rows * length, tokens_per_second: speed.median }] : [];
    }),
  );
}

function fastest(points, side) {
  const own = points.filter((point) => point.side === side);
  if (own.length === 0) return undefined;
  const best = own.reduce((a, b) => (b.tokens_per_second > a.tokens_per_second ? b : a));
  return `${side} is fastest at ${best.rows}x${best.length} with ${best.tokens_per_second.toFixed(0)} tokens/s`;
}

function plot(points, prepared) {
  const sides = [...new Set(points.map(({ side }) => side))];
  return drawLines([
    ...sides.map((side) => ({
      title: side,
      x: 'tokens in a step',
      y: 'tokens/s',
      values: points
        .filter((point) => point.side === side)
        .map(({ length, tokens, tokens_per_second }) => ({
          x: tokens,
          y: tokens_per_second,
          series: `rows of ${length}`,
        })),
    })),
    {
      title: 'data prepare',
      x: 'documents',
      y: 'seconds',
      logarithmic: true,
      values: prepared.map(({ cell, median }) => ({
        x: Number.parseInt(cell, 10),
        y: median,
        series: 'seconds',
      })),
    },
  ]);
}
