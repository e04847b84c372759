/**
 * `node prepare.mjs <folder> <examples>` makes what both sides train on: token shards of the finance training set, packed with
 * shared beginnings; of these so many rows, spread over all, that they hold the wanted number of examples; the same examples
 * packed without sharing; and `sample.json` with each of them whole, for the peers.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildShards } from '../../dist/chat/build-shards.js';
import { openShards } from '../../dist/chat/open-shards.js';
import { createChatFormat } from '../../dist/chat/template.js';
import { tokenizeExamples } from '../../dist/chat/tokenize.js';
import { prepareDataset } from '../../dist/data/prepare.js';
import { openModel } from '../../dist/model/open.js';
import { loadRecipe } from '../../dist/recipe/load.js';

const [folder, wanted] = process.argv.slice(2);
const recipe = await loadRecipe(
  fileURLToPath(new URL('../../examples/finance/recipe.yaml', import.meta.url)),
);
const { data } = recipe;
// Replayed answers have to be generated first, which takes longer than the bench; they are 2 % of the examples.
const sources = data.sources.filter(({ type }) => type !== 'replay');
const dataset = await prepareDataset(
  { ...data, sources },
  { baseDirectory: '.', cacheDirectory: join(folder, 'data'), seed: recipe.seed },
);
const examples = await dataset.examples('train');

const model = await openModel(recipe.model.name);
const format = createChatFormat(model);
const build = (packing, chosen) =>
  buildShards({
    ...data,
    packing,
    examples: chosen,
    split: 'train',
    format,
    tokenizer: model.tokenizer,
    directory: join(folder, packing),
  });
await build('shared_prefix', examples);
const shards = await openShards(join(folder, 'shared_prefix'), 'train');

const rowCount = Math.min(shards.rows, Math.ceil((Number(wanted) * shards.rows) / examples.length));
const rows = Array.from({ length: rowCount }, (_, i) => Math.floor((i * shards.rows) / rowCount));
const ids = new Set(shards.examples.filter(({ row }) => rows.includes(row)).map(({ id }) => id));
const chosen = examples.filter(({ id }) => ids.has(id));
await build('best_fit', chosen);

const tokenized = await tokenizeExamples(chosen, format, model.tokenizer, { train_on: data.train_on });
await writeFile(
  join(folder, 'sample.json'),
  JSON.stringify({
    rows,
    capacity: data.max_length,
    all_examples: examples.length,
    examples: tokenized.map(({ id, ids: tokens, lossMask }) => ({
      id,
      tokens: [...tokens],
      mask: [...lossMask],
    })),
  }),
);
