/**
 * What a run's data held, for its manifest and report.
 * @module
 */
import type { ShardReport } from '../../chat/shard-index.js';
import type { Dataset } from '../../data/dataset.js';
import { shownPath } from './job.js';

/** The figures of the data set and of its training tokens; the report reads these fields. */
export function describeData(
  { directory, card }: Dataset,
  reports: readonly ShardReport[],
): Record<string, unknown> {
  const licences = Object.keys(card.licences);
  const sum = (figure: (report: ShardReport) => number): number =>
    reports.reduce((total, report) => total + figure(report), 0);
  return {
    directory: shownPath(directory),
    ...card.counts,
    tasks: card.tasks,
    groups: card.groups,
    rows: sum(({ rows }) => rows),
    tokens: sum(({ tokens }) => tokens),
    supervised_tokens: sum(({ supervised_tokens }) => supervised_tokens),
    tokens_unshared: sum(({ example_tokens }) => example_tokens),
    sources: card.sources.map(({ path, examples }) => ({
      name: path,
      licence: licences.join(', '),
      examples,
    })),
  };
}
