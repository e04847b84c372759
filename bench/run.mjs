#!/usr/bin/env node
/**
 * Measured comparisons: `npm run bench -- <name> [--check] [--quick] [--rounds N] [--cells A,B] [--sides A,B] [--all]`.
 *
 * Each bench runs Attune and its peers in turns on the same work, prints its figures, writes them with the machine to
 * `bench/results/` and ends with one line of ratios.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import caseStudy from './case-study/bench.mjs';
import dedup from './dedup/bench.mjs';
import examples from './examples/bench.mjs';
import generate from './generate/bench.mjs';
import { pythonEnvironment } from './harness/environment.mjs';
import { writeResult } from './harness/result.mjs';
import lmEval from './lm-eval/bench.mjs';
import memory from './memory/bench.mjs';
import parity from './parity/bench.mjs';
import scale from './scale/bench.mjs';
import scaling from './scaling/bench.mjs';
import statistics from './statistics/bench.mjs';
import tokenize from './tokenize/bench.mjs';
import train from './train/bench.mjs';

/**
 * @typedef {object} Bench
 * @property {string} about one sentence for the help
 * @property {number} rounds how often each side runs when nothing is said
 * @property {boolean} [python] whether there are peers in Python; default true
 * @property {boolean} [ownPackages] its Python packages stand in its own folder's `requirements.txt`
 * @property {(context: BenchContext) => Promise<Outcome>} run
 *
 * @typedef {object} BenchContext
 * @property {string} [python] interpreter of the bench's own environment
 * @property {string} workDirectory folder for files that later runs may use again
 * @property {number} rounds
 * @property {boolean} quick fewer repetitions: for trying the bench out, not for figures
 * @property {(line: string) => void} log
 * @property {Selection} selection
 *
 * @typedef {object} Selection what to measure, for benches that are a matrix
 * @property {string[]} [cells] default: the bench's own choice
 * @property {string[]} [sides] default: the bench's own choice
 * @property {boolean} all every cell and side
 *
 * @typedef {object} Outcome
 * @property {import('./harness/figures.mjs').Figure[]} [figures]
 * @property {import('./harness/figures.mjs').Comparison[]} [comparisons]
 * @property {{ side: string; reason: string }[]} [skipped] sides that could not run
 * @property {import('./harness/chart.mjs').Chart[]} [chart] drawn beside the result file
 * @property {object} measured what only this bench has
 * @property {string} summary the last line: the ratios
 * @property {string[]} failures bars that were not reached, in words
 */

/** @type {Record<string, Bench>} */
const benches = {
  train,
  examples,
  scaling,
  parity,
  tokenize,
  dedup,
  scale,
  statistics,
  'lm-eval': lmEval,
  generate,
  memory,
  'case-study': caseStudy,
};

const usage = [
  'usage: npm run bench -- <name> [--check] [--quick] [--rounds N] [--cells A,B] [--sides A,B] [--all]',
  '',
  ...Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`),
  '',
  '  --check      exit with 1 when a bar is not reached',
  '  --quick      fewer repetitions, to try the bench out',
  '  --rounds N   how often each side runs',
  '  --cells A,B  which cells of a matrix, such as 135m-1x1024-all (train, scaling)',
  '  --sides A,B  who runs, such as attune-int8,peft-bfloat16 (train, examples, generate)',
  '  --all        every cell and side; for train that takes hours',
].join('\n');

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      cells: { type: 'string' },
      sides: { type: 'string' },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [name, ...rest] = positionals;
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (!name || !Object.hasOwn(benches, name) || rest.length > 0) throw new Error('name one bench');
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds: a count');
  const { cells, sides, all } = values;
  return { ...values, name, rounds, selection: { cells: cells?.split(','), sides: sides?.split(','), all } };
}

/** The environment that a bench asks for; one without peers needs no Python. */
async function environmentOf(name, { ownPackages, python = true }, log) {
  if (python) return pythonEnvironment(log, ownPackages ? name : undefined);
  const directory = join(dirname(fileURLToPath(import.meta.url)), '.environment', name);
  await mkdir(directory, { recursive: true });
  return { directory };
}

async function main() {
  if (process.argv.includes('--help')) {
    console.log(usage);
    return;
  }
  let options;
  try {
    options = readArguments();
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const { name, check, quick, selection } = options;
  const bench = benches[name];
  const log = (line) => console.log(line);
  const { python, directory } = await environmentOf(name, bench, log);
  const rounds = options.rounds ?? (quick ? 1 : bench.rounds);
  const outcome = await bench.run({ python, workDirectory: directory, rounds, quick, log, selection });
  log(`written: ${await writeResult(name, { rounds, quick, ...outcome })}`);
  for (const failure of outcome.failures) log(`below the bar: ${failure}`);
  log(`${name}: ${outcome.summary}`);
  if (check && outcome.failures.length > 0) process.exitCode = 1;
}

await main();
