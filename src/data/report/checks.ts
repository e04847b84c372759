/**
 * Sections about what must not be in a training set: duplicates, personal data, test items.
 * @module
 */
import { integer, label } from '../../page/format.js';
import { type Html, html } from '../../page/html.js';
import { facts, note, section } from '../../page/layout.js';
import type { DatasetCard } from '../card.js';
import type { StepReport } from '../stages/report.js';

const find = (steps: readonly StepReport[], name: string): StepReport | undefined =>
  steps.find(({ step }) => step === name);

/** Copies, and the groups that they form. */
export function duplicatesSection({ duplicates }: DatasetCard): Html {
  const sizes = Object.entries(duplicates.sizes);
  return section(
    'duplicates',
    'Duplicates',
    'Of each cluster one item is kept, by a stated rule. duplicates.parquet lists the pairs with their similarity.',
    facts([
      ['Equal texts removed', integer(duplicates.exact)],
      ['Near-duplicates removed', integer(duplicates.near)],
      ['Clusters', integer(duplicates.clusters)],
    ]),
    sizes.length === 0
      ? undefined
      : html`<div class="scroll"><table><thead><tr><th scope="col">Items in a cluster</th><th scope="col" class="number">Clusters</th></tr></thead><tbody>${sizes.map(([size, count]) => html`<tr><th scope="row">${size}</th><td class="number">${integer(count)}</td></tr>`)}</tbody></table></div>`,
  );
}

/** Personal data by kind, never by value. */
export function privacySection({ steps }: DatasetCard): Html | undefined {
  const report = find(steps, 'privacy');
  if (!report) return undefined;
  const kinds = Object.entries(report.changed);
  const dropped = Object.entries(report.removed);
  return section(
    'privacy',
    'Privacy',
    'What was found and replaced, by kind. The values themselves stand nowhere in this data set.',
    kinds.length + dropped.length === 0
      ? note('No personal data was found.')
      : facts([
          ...kinds.map(([kind, count]): [string, string] => [label(kind), integer(count)]),
          ...dropped.map(([kind, count]): [string, string] => [
            `rows dropped: ${label(kind)}`,
            integer(count),
          ]),
        ]),
  );
}

/** Items that were too close to what is held out. */
export function contaminationSection({ steps }: DatasetCard): Html | undefined {
  const report = find(steps, 'contamination');
  if (!report) return undefined;
  const removed = Object.entries(report.removed);
  return section(
    'contamination',
    'Contamination',
    'Every training item was compared with the test split and the named benchmarks. removed.parquet lists what was found.',
    removed.length === 0
      ? note('No training item overlaps with a held-out one.')
      : facts(removed.map(([reason, count]) => [label(reason), integer(count)])),
  );
}
