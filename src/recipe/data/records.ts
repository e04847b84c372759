/**
 * Settings of a source of records: the user's own examples, one record each.
 * @module
 */
import { z } from 'zod';

/** The known forms of a record. */
export const recordFormats = [
  'messages',
  'sharegpt',
  'preference',
  'alpaca',
  'prompt_completion',
  'question_answer',
  'text',
] as const;

/** The known form of a record. */
export type RecordFormatName = (typeof recordFormats)[number];

/** A field of a record, by name, or a text with fields in braces. */
const field = (meaning: string) =>
  z
    .string()
    .min(1)
    .optional()
    .describe(`${meaning} A field's name, or a template such as \`{title}: {body}\`.`);

const mappingSchema = z
  .strictObject({
    prompt: field('What is asked; needs `completion`.'),
    completion: field('The wanted answer; needs `prompt`.'),
    messages: field('A whole conversation: a list of turns.'),
    text: field('Plain text for continued pre-training.'),
    system: field('System text.'),
    context: field('The passage that the question is about; it is put before the prompt unless it is in it.'),
    task: field('Kind of task.'),
    group: field('Document, company or patient: records of one group never stand in two splits.'),
    id: field('Name of the record, unique in the data set.'),
    source: field('Where the content comes from, for people.'),
    licence: field('Licence of the record.'),
    answer: field('The final value, where the completion is an explanation or an expression.'),
  })
  .refine(({ prompt, completion }) => (prompt === undefined) === (completion === undefined), {
    error: 'name both `prompt` and `completion`, or neither',
  })
  .refine(
    ({ prompt, messages, text }) => [prompt, messages, text].filter((one) => one !== undefined).length <= 1,
    { error: 'name only one of `prompt` with `completion`, `messages` and `text`' },
  );

/** A source of `type: records`. */
export const recordsSchema = z
  .strictObject({
    type: z.literal('records').describe('Your own examples, one record each.'),
    path: z
      .string()
      .min(1)
      .describe(
        'File, folder or glob (`data/**/*.jsonl`) of JSONL, JSON, YAML, CSV, Parquet or XLSX files, relative to the recipe; or a data set of the hub, `hub:owner/name[@revision][/config][:split]`.',
      ),
    task: z.string().min(1).default('general').describe('Task of records that name none.'),
    licence: z.string().min(1).default('unknown').describe('Licence of records that name none.'),
    format: z
      .enum(['auto', ...recordFormats])
      .default('auto')
      .describe(
        'Form of the records; `auto` recognises it by the fields, and takes records of several forms.',
      ),
    mapping: mappingSchema
      .prefault({})
      .describe(
        'Which field means what, for records in a form of their own; it goes before the known forms.',
      ),
    group_by: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Groups records by this field, or by `file` or `folder`; without it by their `group`, context or prompt.',
      ),
  })
  .refine(({ group_by, mapping }) => group_by === undefined || mapping.group === undefined, {
    error: 'name the group once, in `group_by` or in `mapping.group`',
    path: ['group_by'],
  })
  .describe('Examples that you bring.');

/** A source of the user's own records. */
export type RecordsSource = z.output<typeof recordsSchema>;
/** Which field means what. */
export type RecordMapping = RecordsSource['mapping'];
