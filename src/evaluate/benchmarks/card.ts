/**
 * `evaluation/<benchmark>/benchmark.json`: what is needed to compare and show answers without the benchmark itself.
 * @module
 */
import { join } from 'node:path';
import { z } from 'zod';
import { writeJson } from '../../files.js';
import type { Metric } from '../metrics/metric.js';
import { metricsFor } from '../metrics/registry.js';
import { readRunFile } from '../run-file.js';
import type { Benchmark } from './benchmark.js';

const cardSchema = z.object({
  name: z.string(),
  output: z.enum(['generate', 'multiple_choice', 'perplexity']),
  /** What a verdict rests on. */
  metric: z.string(),
  /** Names of the scorers, from which the metrics follow. */
  scorers: z.array(z.string()),
  labels: z.array(z.string()).optional(),
  items: z.int(),
  source: z.string().optional(),
  licence: z.string().optional(),
});

/** What the folder of a benchmark says of it. */
export type BenchmarkCard = z.output<typeof cardSchema>;

const cardFile = (runDirectory: string, benchmark: string): string =>
  join(runDirectory, 'evaluation', benchmark, 'benchmark.json');

/** Writes the card beside the answers. */
export function writeBenchmarkCard(runDirectory: string, benchmark: Benchmark): Promise<void> {
  const { name, output, metric, scorers, labels, items, source, licence } = benchmark;
  const card: BenchmarkCard = {
    name,
    output,
    metric,
    scorers: scorers.map((scorer) => scorer.name),
    ...(labels ? { labels: [...labels] } : {}),
    items: items.length,
    source,
    licence,
  };
  return writeJson(cardFile(runDirectory, name), card);
}

/**
 * Reads a benchmark's card. A folder without one holds written answers that were scored by exact match and token F1, as
 * Attune 0.1 did.
 *
 * @throws AttuneError when the file is no card
 */
export async function readBenchmarkCard(runDirectory: string, benchmark: string): Promise<BenchmarkCard> {
  const card = await readRunFile(
    cardFile(runDirectory, benchmark),
    cardSchema,
    'is not the card of a benchmark',
  );
  return (
    card ?? {
      name: benchmark,
      output: 'generate',
      metric: 'exact_match',
      scorers: ['exact_match', 'token_f1'],
      items: 0,
    }
  );
}

/** The metrics of a benchmark, the means of its scorers first. */
export function metricsOfCard({
  output,
  labels,
  scorers,
}: Pick<BenchmarkCard, 'output' | 'labels' | 'scorers'>): Metric[] {
  return metricsFor(output, { labels, scorers: scorers.map((name) => ({ name })) });
}
