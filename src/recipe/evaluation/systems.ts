/**
 * Who answers: the forms of the recipe's own model, and everything else that answers prompts.
 * @module
 */
import { z } from 'zod';
import { endpointSystemSchema } from './endpoint.js';
import { fileNameSchema } from './names.js';

/** Systems that a recipe has by itself. */
export const ownSystems = ['base', 'base_few_shot', 'tuned'] as const;

const common = {
  name: fileNameSchema.describe('Short name for tables; names the file of its answers.'),
  benchmarks: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Names of the benchmarks that it answers; all where absent.'),
};

const recordedFields = {
  ...common,
  path: z.string().min(1).describe('File with the answers: JSONL, JSON, CSV, TSV or Parquet.'),
  rows: z
    .string()
    .optional()
    .describe(
      'Which records count, as `column=value`; or the name of the list in a JSON file that holds several.',
    ),
  id: z.string().optional().describe('Field with the item’s id; recognised where absent.'),
  answer: z.string().optional().describe('Field with the answer; recognised where absent.'),
  missing: z
    .enum(['skip', 'empty', 'error'])
    .default('skip')
    .describe(
      'Items without an answer: skip compares on those that are answered, empty counts them as answered with nothing, error refuses them.',
    ),
};

/** A system besides the recipe's own. */
const otherSystemSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('adapter'),
      ...common,
      path: z
        .string()
        .min(1)
        .describe('Folder of a LoRA adapter in PEFT’s form, trained on the recipe’s model.'),
    })
    .describe('The recipe’s model with another adapter.'),
  z
    .strictObject({
      type: z.literal('model'),
      ...common,
      model: z.string().min(1).describe('A model by catalog name, hub repository or path.'),
    })
    .describe('Another model on the embedded engine.'),
  z
    .strictObject({
      type: z.literal('gguf'),
      ...common,
      path: z.string().min(1).describe('GGUF file, answered by llama.cpp.'),
      adapter: z.string().min(1).optional().describe('LoRA adapter in GGUF form.'),
      template: z
        .enum(['run', 'own'])
        .default('run')
        .describe(
          'run: the file has to write prompts and tokens as the recipe’s model does, byte for byte; own: those of the file, for another model.',
        ),
    })
    .describe('A GGUF file as its users run it.'),
  endpointSystemSchema
    .extend({ type: z.literal('endpoint'), ...common })
    .describe('A model behind an OpenAI-compatible endpoint.'),
  z
    .strictObject({ type: z.literal('recorded'), ...recordedFields })
    .describe('Answers that some system gave elsewhere.'),
  z.strictObject({ type: z.literal('expert'), ...recordedFields }).describe('Answers of a human expert.'),
]);

/** An entry of `evaluation.systems`. */
export const systemSchema = z.union([z.enum(ownSystems), otherSystemSchema]);

/** A system's short name, which is also its file name: `base`, `base-3-shot`, `tuned`. */
export function systemName(
  system: z.output<typeof systemSchema>,
  { few_shot_examples }: { few_shot_examples: number },
): string {
  if (typeof system !== 'string') return system.name;
  return system === 'base_few_shot' ? `base-${few_shot_examples}-shot` : system;
}
