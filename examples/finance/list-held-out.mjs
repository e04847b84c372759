/**
 * Writes data/held-out-tables.json: the tables of the reports that the recipe holds out, by their ids in TAT-QA. They are
 * what tatqa.yaml asks about. Run it after `npm run build` whenever the recipe's sources or its split change:
 *
 *   node examples/finance/list-held-out.mjs
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadRecipe, prepareDataset } from '../../dist/index.js';

/** Ids of the held-out tables, in the order of the data set. */
export async function heldOutTables() {
  const recipe = await loadRecipe(fileURLToPath(new URL('recipe.yaml', import.meta.url)));
  // Facts and replay are trained on whatever the split: they have no part in it, and replay would need a model.
  const sources = recipe.data.sources.filter(({ type }) => type === 'tables');
  const cacheDirectory = await mkdtemp(join(tmpdir(), 'attune-held-out-'));
  try {
    const dataset = await prepareDataset(
      { ...recipe.data, sources },
      { baseDirectory: '.', cacheDirectory, seed: recipe.seed },
    );
    const tables = (await dataset.examples('test')).map(
      ({ source }) => / table ([0-9a-f-]{36})/.exec(source)[1],
    );
    return [...new Set(tables)].sort();
  } finally {
    await rm(cacheDirectory, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tables = await heldOutTables();
  await writeFile(
    new URL('data/held-out-tables.json', import.meta.url),
    `${JSON.stringify(tables, undefined, 2)}\n`,
  );
  console.log(`${tables.length} tables are held out`);
}
