/**
 * `attune init`: a starter recipe with sample records, to be replaced with your own.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { writeFileAtomically, writeJson } from '../../files.js';
import { defaultModel } from '../../model/catalog.js';
import { recipeJsonSchema } from '../../recipe/json-schema.js';
import { example, type VerbRunner } from '../command.js';
import { sampleRecords } from '../sample-records.js';

export function addInit(program: Command, runner: VerbRunner): void {
  const command = program
    .command('init')
    .description('write a starter recipe and sample records into a folder')
    .argument('[folder]', 'where to write; made if need be', '.')
    .addHelpText('after', example('attune init my-domain', 'attune run my-domain/recipe.yaml'));
  runner.attach(command, async (_context, [folder = '.']) => {
    const files = ['recipe.yaml', 'records.jsonl', 'recipe.schema.json'].map((name) => join(folder, name));
    const taken = files.find((file) => existsSync(file));
    if (taken) throw new UsageError('is there already', { file: taken, fix: 'name another folder' });
    await mkdir(folder, { recursive: true });
    const [recipe, records, schema] = files as [string, string, string];
    const lines = sampleRecords().map((record) => `${JSON.stringify(record)}\n`);
    await writeFileAtomically(records, lines.join(''));
    await writeJson(schema, recipeJsonSchema());
    await writeFileAtomically(recipe, starterRecipe(runName(folder)));
    return {
      data: { recipe, records, schema, examples: lines.length },
      text: `Wrote ${recipe}, ${lines.length} sample records to ${records}, and ${schema} for your editor.`,
      next: `put your own records into ${records}, then: attune run ${recipe}`,
    };
  });
}

/** The folder's name with only the characters that a run may be named with. */
function runName(folder: string): string {
  const name = basename(resolve(folder)).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return name.replace(/^[^A-Za-z0-9]+/, '') || 'first-run';
}

const starterRecipe = (name: string): string => `# yaml-language-server: $schema=./recipe.schema.json
# Every field is explained by: attune help recipe
name: ${name}

model:
  name: ${defaultModel} # attune models lists others

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
