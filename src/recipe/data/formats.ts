/**
 * Settings for the forms of answers: which form the answers of a task have.
 * @module
 */
import { z } from 'zod';

/** Forms of answers that have a name. */
const formatNames = ['figure', 'expression', 'value', 'line', 'sentence', 'text', 'declining'] as const;

/** The form of an answer as a recipe states it. */
export const answerFormatSchema = z
  .union([
    z.enum(formatNames),
    z.strictObject({
      options: z.array(z.string().min(1)).min(2).describe('Labels, of which an answer is one.'),
    }),
    z.strictObject({
      json: z.array(z.string().min(1)).min(1).describe('Keys of a JSON object, in their order.'),
    }),
    z.strictObject({
      regex: z
        .string()
        .min(1)
        .refine(isPattern, { error: 'is not a regular expression' })
        .describe('Regular expression that a whole answer matches.'),
    }),
  ])
  .describe(
    'Form of an answer: `figure` (1452.4), `expression` (1496.5 - 1202.9), `value` (as it stands in the text), `line`, `sentence`, `text`, `declining`, or `options`, `json` keys or a `regex` of your own.',
  );

/** Setting `formats`: task to form. */
export const formatsSchema = z
  .record(z.string().min(1), answerFormatSchema)
  .default({})
  .describe(
    'Form of the answers by task. Small deviations are repaired, other answers are removed and counted; tasks that are not named are left alone.',
  );

/** The form of an answer as a recipe states it. */
export type AnswerFormatSetting = z.output<typeof answerFormatSchema>;
/** Forms by task. */
export type FormatSettings = z.output<typeof formatsSchema>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
