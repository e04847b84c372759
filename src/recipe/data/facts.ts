/**
 * Settings of a source of facts: each said as a text and asked in several phrasings.
 * @module
 */
import { z } from 'zod';

/** A source of `type: facts`. */
export const factsSchema = z
  .strictObject({
    type: z
      .literal('facts')
      .describe(
        'Facts that the model shall know by heart, each as a text and as a question in several phrasings.',
      ),
    path: z
      .string()
      .min(1)
      .describe(
        'File, folder or glob of JSONL, JSON or YAML files with facts, relative to the recipe; their form is in docs/knowledge.md.',
      ),
    licence: z.string().min(1).default('unknown').describe('Licence of facts that name none.'),
    task: z
      .string()
      .min(1)
      .default('recall')
      .describe('Task of the questions; that of the texts is `fact_text`.'),
    held_out_phrasings: z
      .int()
      .min(1)
      .default(1)
      .describe(
        'How many of the last phrasings of each fact are never trained on: recall is measured with them.',
      ),
    system_prompt: z
      .string()
      .min(1)
      .optional()
      .describe(
        'System message of the questions, in training and where recall is measured; none where absent.',
      ),
  })
  .describe('Facts to be known by heart; all of them are trained on.');

/** A source of facts, every default filled in. */
export type FactsSource = z.output<typeof factsSchema>;
