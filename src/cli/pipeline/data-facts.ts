/**
 * What a run's data held, for its manifest and report.
 * @module
 */
import type { ShardReport } from '../../chat/shard-index.js';
import type { Dataset } from '../../data/dataset.js';
import { shownPath } from './job.js';

/** The figures of the data set and of its training tokens; the report reads these fields. */
export function describeData({ directory, card }: Dataset, shards: ShardReport): Record<string, unknown> {
  const licences = Object.keys(card.licences);
  return {
    directory: shownPath(directory),
    ...card.counts,
    tasks: card.tasks,
    groups: card.groups,
    rows: shards.rows,
    tokens: shards.tokens,
    supervised_tokens: shards.supervised_tokens,
    tokens_unshared: shards.example_tokens,
    sources: card.sources.map(({ path, examples }) => ({
      name: path,
      licence: licences.join(', '),
      examples,
    })),
  };
}
