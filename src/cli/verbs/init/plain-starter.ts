/**
 * The plain starter: a recipe with sample records of no domain.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../../errors.js';
import { writeFileAtomically, writeJson } from '../../../files.js';
import { defaultModel } from '../../../model/catalog.js';
import { recipeJsonSchema } from '../../../recipe/json-schema.js';
import { sampleRecords } from '../../sample-records.js';

/** Paths of what was written. */
export interface WrittenStarter {
  recipe: string;
  records: string;
  schema: string;
  examples: number;
}

/** @throws UsageError when one of the files is there already: then nothing is written */
export async function writePlainStarter(
  folder: string,
  name: string,
  model = defaultModel,
): Promise<WrittenStarter> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new UsageError('is a file', { file: folder, fix: 'name a folder' });
  const files = ['recipe.yaml', 'records.jsonl', 'recipe.schema.json'].map((file) => join(folder, file));
  const taken = files.find((file) => existsSync(file));
  if (taken) throw new UsageError('is there already', { file: taken, fix: 'name another folder' });
  await mkdir(folder, { recursive: true });
  const [recipe, records, schema] = files as [string, string, string];
  const lines = sampleRecords().map((record) => `${JSON.stringify(record)}\n`);
  await writeFileAtomically(records, lines.join(''));
  await writeJson(schema, recipeJsonSchema());
  await writeFileAtomically(recipe, starterRecipe(name, model));
  return { recipe, records, schema, examples: lines.length };
}

const starterRecipe = (
  name: string,
  model: string,
): string => `# yaml-language-server: $schema=./recipe.schema.json
# Every field is explained by: attune help recipe
name: ${name}

model:
  name: ${model} # attune models lists others

data:
  sources:
    - type: records
      path: records.jsonl # one JSON object a line: messages, or prompt and completion
  split: { train: 0.7, validation: 0.05, test: 0.25 } # the test split is never trained on
  max_length: 512

adapter:
  method: lora
  r: 16

training:
  num_train_epochs: 4
  per_device_train_batch_size: 1
  gradient_accumulation_steps: 1
  learning_rate: 1.0e-3

evaluation:
  max_new_tokens: 48
`;
