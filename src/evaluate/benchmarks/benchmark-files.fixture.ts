/**
 * Benchmarks as files, for tests.
 * @module
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttuneError } from '../../errors.js';
import { type Metric, meanOf } from '../metrics/metric.js';
import { exactMatch } from '../scorers/exact-match.js';
import type { Scorer } from '../scorers/scorer.js';
import { tokenF1 } from '../scorers/token-f1.js';
import type { Benchmark } from './benchmark.js';
import { loadBenchmark } from './load-benchmark.js';
import type { LoadBenchmarkOptions } from './load-options.js';
import type { ResolveScorers } from './scorer-specs.js';

const accuracy: Scorer = {
  name: 'accuracy',
  score: ({ choice }, { reference }) => Number(choice === reference.choice),
};
const known = new Map<string, Scorer>(
  [exactMatch, tokenF1, accuracy, { ...accuracy, name: 'accuracy_norm' }].map((one) => [one.name, one]),
);
const metrics = new Map<string, Metric>(
  ['perplexity', 'bits_per_byte', 'bleu', 'mcc'].map((name) => [name, { ...meanOf(name), name }]),
);

/** A few scorers by name. */
export const resolveScorers: ResolveScorers = async (specs) => {
  const scorers: Scorer[] = [];
  const found: Metric[] = [];
  for (const { name = '', file } of specs) {
    const scorer = known.get(name);
    const metric = metrics.get(name);
    if (scorer) scorers.push(scorer);
    else if (metric) found.push(metric);
    else throw new AttuneError(`unknown scorer \`${name || file}\``, { fix: 'use exact_match' });
  }
  return { scorers, metrics: [...scorers.map(({ name }) => meanOf(name)), ...found] };
};

/** A new folder with these files; other values than texts are written as JSON. */
export async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-benchmark-'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** Writes files and loads `benchmark.yaml` among them. */
export async function loadFrom(
  files: Readonly<Record<string, unknown>>,
  options: Partial<LoadBenchmarkOptions> = {},
): Promise<Benchmark> {
  const folder = await folderWith(files);
  return loadBenchmark(join(folder, 'benchmark.yaml'), { resolveScorers, ...options });
}

/** What is wrong with files, with the folder's name taken out. */
export async function failureOf(
  files: Readonly<Record<string, unknown>>,
  options: Partial<LoadBenchmarkOptions> = {},
): Promise<string> {
  const folder = await folderWith(files);
  try {
    await loadBenchmark(join(folder, 'benchmark.yaml'), { resolveScorers, ...options });
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error;
    return error.describe().replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  }
  throw new Error('the benchmark was accepted');
}
