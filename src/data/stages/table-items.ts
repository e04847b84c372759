/**
 * A file of statement tables becomes items.
 * @module
 */
import { AttuneError } from '../../errors.js';
import type { PairSettings, TableProduct } from '../../recipe/data/tables.js';
import type { Item } from '../item.js';
import { documentTexts } from '../pairs/document-texts.js';
import { sourceOf } from '../pairs/forms/form.js';
import { makePairs } from '../pairs/make-pairs.js';
import { readTables } from '../tables/read-tables.js';
import type { StatementTable } from '../tables/statement.js';

/** What to make pairs from. */
export interface TableRequest {
  file: string;
  /** Name of the source. */
  name: string;
  make: readonly TableProduct[];
  settings: PairSettings;
  seed: number;
}

/**
 * Makes pairs, texts or both from the tables of a file.
 *
 * @throws AttuneError where the file is none of statement tables, or nothing could be made
 */
export async function tableItems({ file, name, make, settings, seed }: TableRequest): Promise<{
  items: Item[];
  tables: { used: number; refused: { id: string; reason: string }[] };
}> {
  const { tables, refused } = await readTables(file);
  const made = [
    ...(make.includes('text') ? documentTexts(tables, settings, seed) : []),
    ...(make.includes('pairs') ? makePairs(tables, settings, seed) : []),
  ];
  if (made.length === 0) {
    throw new AttuneError(`no ${make.includes('pairs') ? 'pair' : 'text'} could be made from these tables`, {
      file,
      field: 'pairs',
      fix: 'choose more tasks, raise max_table_characters, or check the tables',
    });
  }
  const sources = new Set(made.map(({ source }) => source));
  const isUsed = (table: StatementTable): boolean =>
    settings.forms.some((form) => sources.has(sourceOf(table, form)));
  return {
    items: made.map((example) => ({
      ...example,
      origin: { file: name },
      steps: [{ step: 'pairs', note: `made from ${example.source}` }],
      ...(example.messages && contextOf(example)),
    })),
    tables: { used: tables.filter(isUsed).length, refused },
  };
}

/** The document stands before the question, which is the last paragraph. */
function contextOf({ messages }: Pick<Item, 'messages'>): Pick<Item, 'context'> {
  const prompt = messages!.at(-2)!.content;
  return { context: prompt.slice(0, prompt.lastIndexOf('\n\n')) };
}
