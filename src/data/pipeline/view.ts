/**
 * Looking at a view: its rows, its items, its lines.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../files.js';
import { splits } from '../example.js';
import type { Item } from '../item.js';
import type { Row } from '../stages/part.js';
import { rowsOf } from '../stages/stage.js';
import { type Codes, endings, itemsOf, undecided } from '../stages/work.js';
import type { View, ViewPart } from './pipeline.js';

/** Whether an item goes on. */
const goesOn = (codes: Codes | undefined, index: number): boolean => codes?.[index] !== 0;

/** The rows of all items that go on, in their order. */
export async function viewRows(view: View): Promise<Row[]> {
  const all: Row[] = [];
  for (const { part, codes } of view.parts) {
    for (const [index, row] of (await rowsOf(part)).entries()) {
      if (!goesOn(codes, index)) continue;
      const code = codes?.[index] ?? undecided;
      all.push(code === undecided ? row : { ...row, split: splits[code - 1]! });
    }
  }
  return all;
}

/** The view with a code for each of the items that go on, in the order of {@link viewRows}. */
export function withCodes(view: View, codes: Codes, key: string): View {
  let next = 0;
  const parts = view.parts.map(
    (entry): ViewPart => ({
      ...entry,
      codes: Uint8Array.from({ length: entry.part.items }, (_, index) =>
        goesOn(entry.codes, index) ? codes[next++]! : 0,
      ),
    }),
  );
  return { ...view, parts, key };
}

/** The items of a view, part by part. */
export async function* viewItems(view: View): AsyncIterable<Item[]> {
  for (const { part, codes } of view.parts) yield itemsOf(part, codes);
}

/** The lines of a part's items that go on, as they stand in the file. */
export async function partLines({ part, codes }: ViewPart): Promise<string[]> {
  const file = join(part.directory, `${part.name}${endings.items}`);
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  return text.split('\n').filter((line, index) => line !== '' && goesOn(codes, index));
}
