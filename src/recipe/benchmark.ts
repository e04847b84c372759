/**
 * A benchmark as a file: items, how they are put and what is measured, in YAML.
 * @module
 */
import * as z from 'zod';
import { scorerSchema } from './evaluation/scorers.js';
import { type JsonSchema, jsonSchemaOf } from './json-schema.js';

const template = z.string().min(1, 'write a template, or leave the field out');
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const keepSchema = z
  .record(
    z.string(),
    z.union([
      scalar,
      z.array(scalar).min(1, 'name at least one value'),
      z
        .strictObject({
          listed_in: z
            .string()
            .describe(
              'JSON file beside the items (or beside the benchmark) that lists the values: a list, or an object whose keys they are.',
            ),
        })
        .describe('Values that another file lists.'),
    ]),
  )
  .describe(
    'Asks only records whose fields have these values: one value, a list of values, or values that a file lists. `_key` is the key of a record in an object of records; `answer.type` reaches into a field.',
  );

const promptSchema = z
  .strictObject({
    system: template.optional().describe('Template of the system text.'),
    user: template.describe('Template of the question.'),
  })
  .describe("The question as a conversation, written in the model's own chat template.");

const fewShotSchema = z
  .strictObject({
    count: z.int().min(1).optional().describe('How many worked examples; without it all written `examples`.'),
    items: z
      .string()
      .optional()
      .describe('File or `hub:` path of records of the same form that the examples are drawn from.'),
    from: z
      .literal('items')
      .optional()
      .describe('Draws the examples from the items; these, and others of their groups, are then not asked.'),
    keep: keepSchema.optional(),
    seed: z.int().default(0).describe('Which examples are drawn.'),
    examples: z
      .array(z.record(z.string(), z.unknown()))
      .min(1, 'write at least one example')
      .optional()
      .describe('Examples written here, with the fields that the templates use.'),
  })
  .refine(
    ({ items, from, examples }) =>
      [items, from, examples].filter((source) => source !== undefined).length === 1,
    'takes the examples from one place: `items`, `from: items` or `examples`',
  )
  .refine(
    ({ count, examples }) => examples !== undefined || count !== undefined,
    'needs `count`, how many examples are drawn',
  )
  .refine(
    ({ count, examples }) => (examples?.length ?? Infinity) >= (count ?? 0),
    'writes fewer examples than `count`',
  )
  .refine(
    ({ keep, items }) => keep === undefined || items !== undefined,
    'filters with `keep`, which goes with `items` only',
  )
  .describe('Worked examples before every question, the same for all.');

/** A benchmark's file as a user writes it. */
export const benchmarkFileSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9._-]*$/,
        'only lower-case letters, digits, dots, dashes and underscores, because it names a folder',
      )
      .describe('Short name; the answers are written to evaluation/<name>/<system>.jsonl.'),
    description: z.string().optional().describe('What the benchmark measures, for people.'),
    licence: z.string().optional().describe('Licence of the items, for the report.'),
    source: z.string().optional().describe('Where the items come from, for the report.'),
    items: z
      .string()
      .min(1, 'name a file')
      .describe(
        'File with the records (JSONL, JSON, YAML, CSV, TSV, Parquet), relative to the benchmark, or `hub:owner/name[@revision][/config][:split]`.',
      ),
    rows: z
      .string()
      .min(1, 'name a path, for example `data.rows`')
      .optional()
      .describe(
        'Path to the records in a JSON file, for example `data.rows`; without it the file is a list, holds one list, or is an object of records.',
      ),
    explode: z
      .string()
      .min(1, 'name a field')
      .optional()
      .describe(
        'Field with a list: each of its entries becomes a record with the fields of the record around it, which is `_parent`.',
      ),
    id: template
      .optional()
      .describe("Template of an item's id; without it the field `id`, the key, or the record's place."),
    keep: keepSchema.optional(),
    split: z
      .string()
      .min(1)
      .optional()
      .describe('Split of a data set of the hub; of a file, only records whose field `split` says so.'),
    max_items: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Asks only this many items, spread evenly over the tasks; null asks all.'),
    prompt: promptSchema.optional(),
    text: z
      .string()
      .optional()
      .describe('Template of the question as plain text that is continued, without a chat template.'),
    preamble: z
      .string()
      .default('')
      .describe('Stands before everything in plain text, with its own line break.'),
    target_delimiter: z
      .string()
      .default(' ')
      .describe('Between question and answer in plain text, before every choice.'),
    few_shot_delimiter: z
      .string()
      .default('\n\n')
      .describe('Between a worked example and what follows in plain text.'),
    few_shot: fewShotSchema.optional(),
    output: z
      .enum(['generate', 'multiple_choice', 'perplexity'])
      .default('generate')
      .describe(
        'How the answer is got: generate (written), multiple_choice (the likeliest of `choices`), perplexity (how likely `target` is).',
      ),
    choices: z
      .union([z.array(scalar).min(2, 'name at least two choices'), template])
      .optional()
      .describe('Answers to choose from: a list, a field, or a template that gives a list.'),
    target: z
      .union([template, z.int().min(0)])
      .describe(
        'Template of the right answer; a list gives the right answer and others as right. With `choices` one of them, or its index from 0.',
      ),
    alternatives: z
      .union([z.array(template), template])
      .optional()
      .describe('Other answers that are as right: templates, a field, or a template that gives a list.'),
    context: template.optional().describe('Template of the text that an answer has to rest on.'),
    unanswerable: template.optional().describe('Template that is true where the right answer is to decline.'),
    group: template
      .optional()
      .describe(
        'Template of what items share (document, patient); statistics draw whole groups. Default: none.',
      ),
    task: template
      .optional()
      .describe('Template of the kind of task, for tables and filters. Default: the name.'),
    generation: z
      .strictObject({
        max_new_tokens: z.int().min(1).optional().describe('Longest answer in tokens.'),
        stop: z
          .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
          .optional()
          .describe('The answer ends before the first of these texts.'),
        temperature: z.number().min(0).optional().describe('Randomness; 0 takes the likeliest token.'),
      })
      .default({})
      .describe('What the benchmark fixes of generation; the recipe decides the rest.'),
    scorers: z
      .array(scorerSchema)
      .min(1, 'name at least one scorer')
      .optional()
      .describe(
        'Scorers and metrics by name, with settings as `{name: numeric_match, relative: 0.01}`, or a file as `{file: my-scorer.ts}`. The default follows `output`.',
      ),
    labels: z
      .array(scalar)
      .min(2, 'name at least two labels')
      .optional()
      .describe('All labels of a classification, for macro-F1 and the like; without it `choices`.'),
    metric: z
      .string()
      .min(1)
      .optional()
      .describe('Metric that a verdict rests on; without it the first of `scorers`.'),
  })
  .refine(
    ({ prompt, text, output }) =>
      [prompt, text].filter((way) => way !== undefined).length === 1 ||
      (output === 'perplexity' && prompt === undefined),
    {
      path: ['prompt'],
      error: 'wanted one way to ask: `prompt` (a conversation) or `text` (plain text)',
    },
  )
  .refine(
    ({ output, choices }) =>
      (output === 'multiple_choice') === (choices !== undefined) || output === 'generate',
    {
      path: ['choices'],
      error: '`choices` go with `output: multiple_choice` (or `generate`), and there they are needed',
    },
  )
  .describe('A benchmark.');

/** A validated benchmark file, every default filled in. */
export type BenchmarkFile = z.output<typeof benchmarkFileSchema>;

/** The JSON Schema of a benchmark file as a user writes it, for editors. */
export function benchmarkJsonSchema(): JsonSchema {
  return jsonSchemaOf(benchmarkFileSchema);
}
