/**
 * A Benchmark: items, how they are put, and what is measured on the answers.
 * @module
 */
import type { Metric } from '../metrics/metric.js';
import type { Scorer } from '../scorers/scorer.js';
import type { GenerationSettings } from '../system.js';
import type { BenchmarkItem } from './item.js';

/** How the answer to an item is got: written, chosen by its likelihood, or only the likelihood of a given text. */
export type OutputType = 'generate' | 'multiple_choice' | 'perplexity';

/** How plain-text prompts are put together; conversations need none of it. */
export interface TextLayout {
  /** Stands before everything, worked examples included; brings its own line break. */
  preamble: string;
  /** Between a question and its answer: before every continuation and in worked examples. */
  targetDelimiter: string;
  /** Between a worked example and what follows. */
  fewShotDelimiter: string;
}

/** Items and everything that is needed to put and score them. */
export interface Benchmark {
  /** Lower-case name, also of its folder under `evaluation/`. */
  name: string;
  output: OutputType;
  items: readonly BenchmarkItem[];
  /** Worked examples that stand before every item, the same for all: question with its reference as answer. */
  fewShot: readonly BenchmarkItem[];
  /** For prompts of plain text. */
  layout: TextLayout;
  /** Scores of single answers. */
  scorers: readonly Scorer[];
  /** Figures over all items; the means of the scorers' scores come first. */
  metrics: readonly Metric[];
  /** Of a classification: every label. */
  labels?: readonly string[];
  /** Name of the metric that a verdict rests on. */
  metric: string;
  /** What the benchmark fixes of generation; the recipe decides the rest. */
  generation: Partial<GenerationSettings> & { stop?: readonly string[] };
  /** Where the items come from and under which licence, for the report. */
  source?: string;
  licence?: string;
}
