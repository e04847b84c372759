/**
 * The items are divided into splits.
 * @module
 */
import { hashJson } from '../../files.js';
import { assignSplits } from '../split.js';
import type { Row } from '../stages/part.js';
import { codeOf } from '../stages/work.js';
import type { Pipeline, View } from './pipeline.js';
import { viewRows, withCodes } from './view.js';

/**
 * Gives every item its split.
 *
 * @throws AttuneError when there are fewer groups than splits with a share
 */
export async function divide({ settings, seed, signal }: Pipeline, view: View): Promise<View> {
  const rows = await viewRows(view);
  signal?.throwIfAborted();
  const codes = Uint8Array.from(assignSplits(withSettled(rows), settings.split, seed), codeOf);
  return withCodes(view, codes, hashJson([view.key, settings.split, seed]));
}

/**
 * The rows with the split of those that ask what a row with a settled split asks: one prompt never stands in two
 * splits.
 */
function withSettled(rows: readonly Row[]): Row[] {
  const splitOf = new Map(rows.flatMap(({ prompt, split }) => (split ? [[prompt, split] as const] : [])));
  return rows.map((row) => {
    const split = row.split ?? splitOf.get(row.prompt);
    return split ? { ...row, split } : row;
  });
}
