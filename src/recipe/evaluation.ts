/**
 * The recipe's `evaluation` section: who answers which items, how answers are generated and how sure a verdict is.
 * @module
 */
import * as z from 'zod';

/** Systems that a run can compare. */
const evaluatedSystems = ['base', 'base_few_shot', 'tuned'] as const;

/** Metrics that a verdict can rest on; each is a number from 0 to 1 an item. */
export const verdictMetrics = ['exact_match', 'token_f1'] as const;

const benchmarkSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9._-]*$/,
        'only lower-case letters, digits, dots, dashes and underscores, because it names a folder',
      )
      .describe('Short name; the answers are written to evaluation/<name>/<system>.jsonl.'),
    split: z
      .enum(['validation', 'test'])
      .default('test')
      .describe('Split of the data set whose items are asked.'),
    max_items: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Asks only this many items, spread evenly over the tasks; null asks all.'),
  })
  .describe('One set of items that every system answers.');

/** The recipe's `evaluation` section. */
export const evaluationSchema = z
  .strictObject({
    systems: z
      .array(z.enum(evaluatedSystems))
      .min(1, 'name at least one system')
      .refine((systems) => new Set(systems).size === systems.length, 'names a system twice')
      .default([...evaluatedSystems])
      .describe(
        'Who answers: base (the untouched model), base_few_shot (the same with worked examples in its prompt), tuned.',
      ),
    few_shot_examples: z
      .int()
      .min(1)
      .max(32)
      .default(3)
      .describe('Worked examples from the training split in the prompt of base_few_shot.'),
    benchmarks: z
      .array(benchmarkSchema)
      .min(1, 'name at least one benchmark')
      .refine(
        (benchmarks) => new Set(benchmarks.map(({ name }) => name)).size === benchmarks.length,
        'names a benchmark twice',
      )
      .default([{ name: 'held-out', split: 'test', max_items: null }])
      .describe('The items to answer; by default the whole test split.'),
    metric: z
      .enum(verdictMetrics)
      .default('exact_match')
      .describe(
        'What the verdict rests on: exact_match (numbers by value, text after normalisation) or token_f1.',
      ),
    max_new_tokens: z
      .int()
      .min(1)
      .default(64)
      .describe('Longest answer in tokens; an answer that reaches it counts as not stopped.'),
    temperature: z
      .number()
      .min(0)
      .default(0)
      .describe('Randomness of generation; 0 takes the most likely token and is repeatable.'),
    top_p: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe('Samples from the smallest set of tokens with this probability; needs temperature > 0.'),
    top_k: z
      .int()
      .min(0)
      .default(0)
      .describe('Samples from this many most likely tokens, 0 from all; needs temperature > 0.'),
    batch_size: z.int().min(1).default(16).describe('Prompts that are answered side by side.'),
    confidence: z
      .number()
      .gt(0.5)
      .lt(1)
      .default(0.95)
      .describe('Level of the intervals; a verdict needs p < 1 - confidence as well.'),
    bootstrap_resamples: z
      .int()
      .min(1000)
      .default(10_000)
      .describe('Resamples of the bootstrap interval, and sign flips of the permutation test.'),
  })
  .describe('How the result is compared with the base model.');

/** The validated `evaluation` section, every default filled in. */
export type EvaluationSettings = z.infer<typeof evaluationSchema>;
