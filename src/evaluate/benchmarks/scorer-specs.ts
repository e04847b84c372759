/**
 * The scorers and metrics that a benchmark's file asks for.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { AttuneError } from '../../errors.js';
import { nearestName } from '../../recipe/nearest.js';
import type { FoundProblem } from '../../recipe/problems.js';
import type { Metric } from '../metrics/metric.js';
import type { Scorer } from '../scorers/scorer.js';
import type { OutputType } from './benchmark.js';

/** A scorer or metric as a benchmark's file asks for it; exactly one of `name` and `file` is set. */
export interface ScorerSpec {
  /** Name of a built-in scorer or metric. */
  name?: string;
  /** Absolute path of a file with a scorer of the user's own. */
  file?: string;
  /** Whatever else stands beside it in the file. */
  settings: Readonly<Record<string, unknown>>;
}

/** What scorers may need to know of the benchmark that they are made for. */
export interface ScorerContext {
  output: OutputType;
  /** All labels of a classification, where the file names them or the choices are the same for all items. */
  labels?: readonly string[];
  /** The benchmark's file; relative paths in settings are relative to its folder. */
  file: string;
}

/** Scorers and the metrics over them; the means of the scorers come first, in the order of the specs. */
export interface ResolvedScorers {
  scorers: Scorer[];
  metrics: Metric[];
}

/**
 * Makes scorers and metrics from what a file asks for.
 *
 * @throws AttuneError for an unknown name or a wrong setting; the loader adds file and line where it names none
 */
export type ResolveScorers = (
  specs: readonly ScorerSpec[],
  context: ScorerContext,
) => Promise<ResolvedScorers>;

/** What is measured where a file names no scorers. */
const usual: Record<OutputType, readonly string[]> = {
  generate: ['exact_match', 'token_f1'],
  multiple_choice: ['accuracy'],
  perplexity: ['perplexity', 'bits_per_byte'],
};

/** A scorer as it is written: its name, or an object with `name` or `file` and settings. */
export type WrittenScorer = string | Record<string, unknown>;

/** The specs of what is written; the usual ones of the output where nothing is. */
export function scorerSpecs(
  written: readonly WrittenScorer[] | undefined,
  output: OutputType,
  benchmarkFile: string,
): ScorerSpec[] {
  return (written ?? usual[output]).map((one) => {
    if (typeof one === 'string') return { name: one, settings: {} };
    const { name, file, ...settings } = one;
    return typeof file === 'string'
      ? { file: resolve(dirname(benchmarkFile), file), settings }
      : { name: String(name), settings };
  });
}

/** What is measured, and the metric that a verdict rests on. */
export interface Measures extends ResolvedScorers {
  metric: string;
}

/**
 * Resolves the specs.
 *
 * @param metric name of the main one; without it the first
 * @returns what is wrong where they cannot be resolved
 */
export async function resolveMeasures(
  specs: readonly ScorerSpec[],
  context: ScorerContext,
  metric: string | undefined,
  resolveScorers: ResolveScorers,
): Promise<Measures | FoundProblem> {
  let resolved: ResolvedScorers;
  try {
    resolved = await resolveScorers(specs, context);
  } catch (error) {
    if (!(error instanceof AttuneError) || error.file !== undefined) throw error;
    const message = error.message.startsWith('scorers') ? error.message : `scorers: ${error.message}`;
    return { path: ['scorers'], atKey: false, message, fix: error.fix };
  }
  const names = resolved.metrics.map(({ name }) => name);
  const main = metric ?? names[0];
  if (main !== undefined && names.includes(main)) return { ...resolved, metric: main };
  const nearest = main === undefined ? undefined : nearestName(main, names);
  return {
    path: [metric === undefined ? 'scorers' : 'metric'],
    atKey: false,
    message: main === undefined ? 'scorers: give no metric' : `metric: ${main} is not measured here`,
    fix: nearest ? `did you mean \`${nearest}\`?` : `the metrics are ${names.join(', ') || 'none'}`,
  };
}
