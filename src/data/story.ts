/**
 * The story of one item: where it comes from, what was done to it, and what became of it.
 * @module
 */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cardFile } from './dataset.js';
import { type Example, splits } from './example.js';
import { queryParquet, toExample } from './parquet.js';
import type { RemovedItem } from './step.js';

/** What a data set knows of an item. */
export interface ItemStory {
  /** Folder of the data set. */
  directory: string;
  id: string;
  /** The item, where it is in the data set. */
  example?: Example;
  /** Why it is not, where a step took it out. */
  removed?: RemovedItem;
  /** Ids of examples that were made from it by augmentation. */
  children: string[];
  /** Ids of items that were removed since this one is kept in their place. */
  standsFor: string[];
}

/** The data sets in a folder, the newest first. */
export async function listDatasets(cacheDirectory: string): Promise<string[]> {
  if (!existsSync(cacheDirectory)) return [];
  const found: { directory: string; time: number }[] = [];
  for (const name of await readdir(cacheDirectory)) {
    const directory = join(cacheDirectory, name);
    const card = join(directory, cardFile);
    if (/^[0-9a-f]{16}$/.test(name) && existsSync(card)) {
      found.push({ directory, time: (await stat(card)).mtimeMs });
    }
  }
  return found
    .sort((a, b) => b.time - a.time || (a.directory < b.directory ? -1 : 1))
    .map(({ directory }) => directory);
}

/** Looks an item up in a data set; undefined where the data set never had it. */
export async function findStory(directory: string, id: string): Promise<ItemStory | undefined> {
  const find = (file: string, query: string): Promise<Record<string, unknown>[]> =>
    queryParquet(join(directory, file), query, { id });
  let example: Example | undefined;
  const children: string[] = [];
  for (const split of splits) {
    const [row] = await find(`${split}.parquet`, 'SELECT * FROM data WHERE id = $id');
    if (row) example = toExample(row);
    const made = await find(`${split}.parquet`, 'SELECT id FROM data WHERE parent = $id');
    children.push(...made.map((child) => String(child.id)));
  }
  const [gone] = await find('removed.parquet', 'SELECT * FROM data WHERE id = $id');
  if (!example && !gone) return undefined;
  const replaced = await find('removed.parquet', 'SELECT id FROM data WHERE kept = $id');
  return {
    directory,
    id,
    ...(example ? { example } : {}),
    ...(gone
      ? {
          removed: Object.fromEntries(
            Object.entries(gone).filter(([, value]) => value !== null),
          ) as unknown as RemovedItem,
        }
      : {}),
    children,
    standsFor: replaced.map((other) => String(other.id)),
  };
}
