/**
 * Items of the finance example: pairs over its statement tables, in their splits.
 * @module
 */
import type { PairSettings } from '../../recipe/data/tables.js';
import { dataSchema } from '../../recipe/data.js';
import type { Item } from '../item.js';
import { makePairs } from '../pairs/make-pairs.js';
import { assignSplits } from '../split.js';
import { readTables } from '../tables/read-tables.js';

/** Pairs as the preparation carries them: with the table as context. */
export async function pairItems(count: number): Promise<Item[]> {
  const { tables } = await readTables('examples/finance/data/statements.json');
  const { sources, split } = dataSchema.parse({ sources: [{ type: 'tables', path: 'x', pairs: { count } }] });
  const pairs = makePairs(tables, (sources[0] as { pairs: PairSettings }).pairs, 42);
  const assigned = assignSplits(pairs, split, 42);
  return pairs.map((example, index): Item => {
    const user = example.messages![1]!.content;
    return {
      ...example,
      split: assigned[index]!,
      origin: { file: 'statements.json' },
      steps: [{ step: 'pairs', note: `made from ${example.source}` }],
      context: user.slice(0, user.lastIndexOf('\n\n')),
    };
  });
}
