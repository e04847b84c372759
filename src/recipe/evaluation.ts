/**
 * The recipe's `evaluation` section: who answers which items, how answers are generated and how sure a verdict is.
 * @module
 */
import * as z from 'zod';
import { benchmarkEntrySchema } from './evaluation/benchmarks.js';
import { forgettingSchema } from './evaluation/forgetting.js';
import { judgeSchema } from './evaluation/judge.js';
import { allDifferent } from './evaluation/names.js';
import { ownSystems, systemName, systemSchema } from './evaluation/systems.js';

/** The recipe's `evaluation` section. */
export const evaluationSchema = z
  .strictObject({
    systems: z
      .array(systemSchema)
      .min(1, 'name at least one system')
      .refine(
        (systems) =>
          allDifferent(systems.map((system) => (typeof system === 'string' ? system : system.name))),
        'names a system twice',
      )
      .default([...ownSystems])
      .describe(
        'Who answers: base (the untouched model), base_few_shot (the same with worked examples in its prompt), tuned; and others with their `type`.',
      ),
    candidate: z
      .string()
      .optional()
      .describe(
        'Name of the system that is compared with every other one; tuned where absent, or else the first.',
      ),
    few_shot_examples: z
      .int()
      .min(1)
      .max(32)
      .default(3)
      .describe('Worked examples from the training split in the prompt of base_few_shot.'),
    benchmarks: z
      .array(benchmarkEntrySchema)
      .min(1, 'name at least one benchmark')
      .refine((benchmarks) => allDifferent(benchmarks.map(({ name }) => name)), 'names a benchmark twice')
      .default([{ name: 'held-out', split: 'test', max_items: null }])
      .describe('The items to answer; by default the whole test split.'),
    forgetting: forgettingSchema
      .nullable()
      .prefault({})
      .describe('Whether the training cost general abilities; null does not ask.'),
    judge: judgeSchema.optional().describe('A model that judges the answers; none where absent.'),
    metric: z
      .string()
      .min(1)
      .default('exact_match')
      .describe(
        'What the verdict on the data set’s own splits rests on: exact_match (numbers by value, text after normalisation), token_f1, or any other metric of docs/metrics.md.',
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
    batch_size: z.int().min(1).default(32).describe('Prompts that are answered side by side.'),
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
    wanted_difference: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.02)
      .describe('A difference worth knowing, as a share of 1: the report says how many items would show it.'),
  })
  .superRefine(({ systems, candidate, few_shot_examples, benchmarks, judge }, context) => {
    const names = {
      system: systems.map((system) => systemName(system, { few_shot_examples })),
      benchmark: benchmarks.map(({ name }) => name),
    };
    const check = (kind: keyof typeof names, name: string, path: PropertyKey[]): void => {
      if (names[kind].includes(name)) return;
      const message = `there is no ${kind} "${name}"; the names are ${names[kind].join(', ')}`;
      context.addIssue({ code: 'custom', path, message });
    };
    if (candidate !== undefined) check('system', candidate, ['candidate']);
    for (const [index, system] of systems.entries()) {
      if (typeof system === 'string') continue;
      for (const name of system.benchmarks ?? []) check('benchmark', name, ['systems', index, 'benchmarks']);
    }
    for (const name of judge?.benchmarks ?? []) check('benchmark', name, ['judge', 'benchmarks']);
    for (const [index, { benchmark, scorers }] of benchmarks.entries()) {
      if (benchmark === undefined || !scorers) continue;
      const message = 'belong to a split of the data set; a benchmark file names its own';
      context.addIssue({ code: 'custom', path: ['benchmarks', index, 'scorers'], message });
    }
  })
  .describe('How the result is compared with the base model.');

/** The validated `evaluation` section, every default filled in. */
export type EvaluationSettings = z.infer<typeof evaluationSchema>;
