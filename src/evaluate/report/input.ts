/**
 * What the report is made of: a run folder, read as far as it goes.
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { AttuneError } from '../../errors.js';
import { readJson } from '../../files.js';
import { type Metrics, readMetrics } from '../../train/metrics.js';
import type { PlanHeader } from '../../train/plan.js';
import { type RunManifest, readManifest } from '../../train/run-folder.js';
import { answersFile, listAnswers, readAnswers, type ScoredItem } from '../answers-file.js';
import type { Comparison } from '../comparison.js';
import { readVerdict } from '../verdict.js';
import { type DataSummary, readDataSummary } from './data-summary.js';

/** The answers to one benchmark. */
export interface BenchmarkAnswers {
  name: string;
  /** Systems in the order of the page: the forms of the base first, `tuned` last. */
  systems: { name: string; items: ScoredItem[] }[];
}

/** Everything that the page shows; what the folder lacks is absent or empty. */
export interface ReportInput {
  /** Name of the run folder. */
  name: string;
  manifest?: RunManifest;
  /** The resolved recipe, as text and as values. */
  recipe?: { text: string; values: unknown };
  plan?: PlanHeader;
  metrics: Metrics[];
  benchmarks: BenchmarkAnswers[];
  verdict: Comparison[];
  data: DataSummary;
}

/**
 * Reads a run folder for the report. A part that is not there yet is left out; a part that is broken is an error.
 *
 * @throws AttuneError when the folder holds nothing of a run, or a file in it can't be read
 */
export async function readRunForReport(directory: string): Promise<ReportInput> {
  const parts = ['manifest.json', 'metrics.jsonl', 'evaluation', 'verdict.json'];
  if (!parts.some((name) => existsSync(join(directory, name)))) {
    throw new AttuneError(`is no run folder: it has none of ${parts.join(', ')}`, {
      file: directory,
      fix: 'name the folder of a run',
    });
  }
  const present = async <T>(name: string, read: (file: string) => Promise<T>): Promise<T | undefined> => {
    const file = join(directory, name);
    return existsSync(file) ? read(file) : undefined;
  };
  const manifest = await present('manifest.json', () => readManifest(directory));
  return {
    name: basename(resolve(directory)),
    manifest,
    recipe: await present('recipe.yaml', async (file) => {
      const text = await readFile(file, 'utf8');
      return { text, values: parse(text) };
    }),
    plan: await present('plan.json', (file) => readJson<PlanHeader>(file)),
    metrics: await readMetrics(join(directory, 'metrics.jsonl')),
    benchmarks: await readBenchmarks(directory),
    verdict: (await readVerdict(directory)) ?? [],
    data: readDataSummary(manifest?.data),
  };
}

async function readBenchmarks(directory: string): Promise<BenchmarkAnswers[]> {
  const benchmarks: BenchmarkAnswers[] = [];
  for (const [name, systems] of await listAnswers(directory)) {
    const ordered = [...systems].sort((a, b) => Number(a === 'tuned') - Number(b === 'tuned'));
    const read = ordered.map(async (system) => ({
      name: system,
      // An evaluation that is still going on has a half-written line at most.
      items: await readAnswers(answersFile(directory, name, system), { unfinished: true }),
    }));
    benchmarks.push({ name, systems: await Promise.all(read) });
  }
  return benchmarks;
}
