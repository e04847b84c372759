/**
 * The metrics of a task: what Attune measures too is asked for by its name, the rest is here as the harness computes it
 * (`lm_eval/api/metrics.py`).
 * @module
 */
import type { FoundProblem } from '../../../recipe/problems.js';
import type { Metric } from '../../metrics/metric.js';
import { meanOf } from '../../metrics/metric.js';
import type { GivenAnswer, Scorer } from '../../scorers/scorer.js';
import type { ScorerSpec } from '../scorer-specs.js';
import { type AnswerFilter, readFilters } from './answer-filters.js';
import { compilePattern, type Pattern } from './python-pattern.js';
import type { HarnessTask } from './task-file.js';

/** What a task measures. */
export interface TaskMeasures {
  /** Asked for by name, in the order of the task's metrics with the others. */
  parts: (ScorerSpec | { scorers: Scorer[]; metrics: Metric[] })[];
  problems: FoundProblem[];
}

const usual: Record<HarnessTask['output_type'], string[]> = {
  generate_until: ['exact_match'],
  multiple_choice: ['acc', 'acc_norm'],
  loglikelihood: ['perplexity', 'acc'],
  loglikelihood_rolling: ['word_perplexity', 'byte_perplexity', 'bits_per_byte'],
};

/** Metrics by their names here. */
const named: Record<HarnessTask['output_type'], Record<string, string>> = {
  generate_until: { bleu: 'bleu', chrf: 'chrf' },
  multiple_choice: { acc: 'accuracy', acc_norm: 'accuracy_norm', mcc: 'mcc' },
  loglikelihood: {},
  loglikelihood_rolling: { bits_per_byte: 'bits_per_byte' },
};

const perplexityOf = (name: string, unitsOf: (item: { bytes: number; text: string }) => number): Metric => ({
  name,
  higherIsBetter: false,
  unit: 'perplexity',
  terms: ({ text_likelihood: likelihood, reference }) =>
    likelihood && [likelihood.nats, unitsOf({ bytes: likelihood.bytes, text: reference })],
  value: (sums) => Math.exp(-sums[0]! / sums[1]!),
});

/** Metrics over likelihoods of texts. */
const overTexts: Record<string, Metric> = {
  perplexity: perplexityOf('perplexity', () => 1),
  byte_perplexity: perplexityOf('byte_perplexity', ({ bytes }) => bytes),
  word_perplexity: perplexityOf('word_perplexity', ({ text }) => text.split(/\s+/).length),
};

/** Whether greedy generation would have written the text. */
const greedy: Scorer = {
  name: 'accuracy',
  score: ({ likelihoods }) => (likelihoods?.[0] ? Number(likelihoods[0].greedy) : undefined),
};

/** Whether the choice with the highest likelihood for each of its bytes is the right one. */
const byBytes: Scorer = {
  name: 'accuracy_bytes',
  score: ({ likelihoods }, { choices, reference }) => {
    if (!likelihoods || !choices) return undefined;
    const rates = likelihoods.map(
      ({ logLikelihood }, index) => logLikelihood / Buffer.byteLength(choices[index]!),
    );
    return Number(rates.indexOf(Math.max(...rates)) === reference.choice);
  },
};

/** F1 of the class with index 1, the default of scikit-learn's `f1_score`. */
const binaryF1: Metric = {
  name: 'f1',
  label: 'F1 of the second choice',
  higherIsBetter: true,
  unit: 'share',
  terms: ({ choice, reference_choice: right }) =>
    right === undefined
      ? undefined
      : [Number(choice === 1 && right === 1), Number(choice === 1), Number(right === 1)],
  value: (sums) => (2 * sums[0]!) / (sums[1]! + sums[2]!),
};

/** What a task measures; what cannot be measured is a problem. */
export function taskMeasures(task: HarnessTask): TaskMeasures {
  const problems: FoundProblem[] = [];
  const filters = readFilters(task.filter_list ?? [], problems);
  const list = task.metric_list ?? usual[task.output_type].map((metric) => ({ metric }));
  const parts = list.flatMap((entry, index): TaskMeasures['parts'] => {
    const path = ['metric_list', index, 'metric'];
    const {
      metric,
      aggregation,
      higher_is_better: _,
      hf_evaluate: __,
      ...settings
    } = entry as Record<string, unknown> & {
      metric: string;
      aggregation?: string;
    };
    const known = named[task.output_type];
    const isOverTexts = task.output_type.startsWith('loglikelihood') && Object.hasOwn(overTexts, metric);
    if (isOverTexts && (metric === 'perplexity') === (task.output_type === 'loglikelihood')) {
      return [{ scorers: [], metrics: [overTexts[metric]!] }];
    }
    if (metric === 'exact_match' && task.output_type === 'generate_until') {
      if (aggregation !== undefined && aggregation !== 'mean')
        problems.push(unknownMetric(path, `${metric} with the aggregation ${aggregation}`));
      return filters.map(({ name, apply }) => {
        const scorer = exactMatchAs(name, settings, apply, path.slice(0, 2), problems);
        return { scorers: [scorer], metrics: [meanOf(scorer.name)] };
      });
    }
    if (metric === 'acc' && task.output_type === 'loglikelihood') {
      return [{ scorers: [greedy], metrics: [meanOf(greedy.name)] }];
    }
    if (metric === 'acc_bytes' && task.output_type === 'multiple_choice') {
      return [{ scorers: [byBytes], metrics: [meanOf(byBytes.name)] }];
    }
    if (metric === 'f1' && task.output_type === 'multiple_choice')
      return [{ scorers: [], metrics: [binaryF1] }];
    if (Object.hasOwn(known, metric)) {
      if (task.output_type === 'generate_until' && filters.some(({ changes }) => changes)) {
        problems.push({
          path: ['filter_list'],
          atKey: true,
          message: `filter_list: ${metric} is measured on whole answers, which these filters change`,
          fix: 'leave the filters out, or measure exact_match',
        });
      }
      return [{ name: known[metric]!, settings }];
    }
    problems.push(unknownMetric(path, metric));
    return [];
  });
  return { parts, problems };
}

const unknownMetric = (path: PropertyKey[], metric: string): FoundProblem => ({
  path,
  atKey: false,
  message: `${path.join('.')}: ${metric} is not measured here for this output_type`,
  fix: "take it out of the list, or write the benchmark as Attune's own YAML with a scorer of your own",
});

/** ASCII punctuation, as Python's `string.punctuation` has it. */
const punctuation = /[!-/:-@[-`{-~]/g;

/** The harness's exact match: equal character by character after what its settings leave out; any right answer counts. */
function exactMatchAs(
  filterName: string | undefined,
  settings: Record<string, unknown>,
  filter: AnswerFilter,
  path: PropertyKey[],
  problems: FoundProblem[],
): Scorer {
  const { ignore_case, ignore_punctuation, ignore_numbers, regexes_to_ignore, ...unknown } = settings;
  for (const name of Object.keys(unknown)) {
    problems.push({
      path: [...path, name],
      atKey: true,
      message: `${[...path, name].join('.')} is no setting of exact_match`,
      fix: 'remove it',
    });
  }
  const patterns = (Array.isArray(regexes_to_ignore) ? regexes_to_ignore : []).flatMap(
    (source): Pattern[] => {
      const pattern = compilePattern(String(source));
      if (typeof pattern !== 'string') return [pattern];
      problems.push({
        path: [...path, 'regexes_to_ignore'],
        atKey: false,
        message: `regexes_to_ignore: ${pattern}`,
        fix: 'write it otherwise',
      });
      return [];
    },
  );
  const normalised = (text: string): string => {
    let rest = text;
    for (const pattern of patterns) rest = pattern.remove(rest);
    if (ignore_case === true) rest = rest.toLowerCase();
    if (ignore_punctuation === true) rest = rest.replace(punctuation, '');
    return ignore_numbers === true ? rest.replace(/[0-9]/g, '') : rest;
  };
  const suffix = filterName === undefined ? '' : `_${filterName.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
  return {
    name: `exact_match${suffix}`,
    score: (answer: GivenAnswer, item) => {
      const said = normalised(filter(answer.text));
      const { text, alternatives = [] } = item.reference;
      return Number([text, ...alternatives].some((right) => normalised(right) === said));
    },
  };
}
