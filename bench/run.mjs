#!/usr/bin/env node
/**
 * Measured comparisons: `npm run bench -- <name> [--check] [--quick] [--rounds N]`.
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
import generate from './generate/bench.mjs';
import { pythonEnvironment } from './harness/environment.mjs';
import { writeResult } from './harness/result.mjs';
import lmEval from './lm-eval/bench.mjs';
import memory from './memory/bench.mjs';
import parity from './parity/bench.mjs';
import scale from './scale/bench.mjs';
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
 *
 * @typedef {object} Outcome
 * @property {object} measured everything that was measured, for the result file
 * @property {string} summary the last line: the ratios
 * @property {string[]} failures bars that were not reached, in words
 */

/** @type {Record<string, Bench>} */
const benches = {
  train,
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
  'usage: npm run bench -- <name> [--check] [--quick] [--rounds N]',
  '',
  ...Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`),
  '',
  '  --check      exit with 1 when a bar is not reached',
  '  --quick      fewer repetitions, to try the bench out',
  '  --rounds N   how often each side runs',
].join('\n');

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [name, ...rest] = positionals;
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (!name || !Object.hasOwn(benches, name) || rest.length > 0) throw new Error('name one bench');
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds: a count');
  return { ...values, name, rounds };
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
  const { name, check, quick } = options;
  const bench = benches[name];
  const log = (line) => console.log(line);
  const { python, directory } = await environmentOf(name, bench, log);
  const rounds = options.rounds ?? (quick ? 1 : bench.rounds);
  const outcome = await bench.run({ python, workDirectory: directory, rounds, quick, log });
  log(`written: ${await writeResult(name, { rounds, quick, ...outcome })}`);
  for (const failure of outcome.failures) log(`below the bar: ${failure}`);
  log(`${name}: ${outcome.summary}`);
  if (check && outcome.failures.length > 0) process.exitCode = 1;
}

await main();
