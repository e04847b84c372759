/**
 * What the data held.
 * @module
 */
import { integer, label, percent } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { facts, note, section } from '../../../page/layout.js';
import type { ReportInput } from '../input.js';

const splitOrder = ['train', 'validation', 'test'];

/** Examples by task and split, tokens, what shared beginnings saved, and sources. */
export function dataSection({ data }: ReportInput): Html {
  const {
    tasks,
    groups,
    tokens,
    supervised_tokens: supervised,
    tokens_unshared: unshared,
    rows,
    sources,
  } = data;
  if (Object.values(data).every((value) => value === undefined)) {
    return section('data', 'Data', '', note('The manifest of this run says nothing of its data.'));
  }
  return section(
    'data',
    'Data',
    'No group (document, company) stands in two splits, so the test items come from sources that were never trained on.',
    tasks && countsTable(tasks, groups),
    facts([
      ['Training rows', rows === undefined ? undefined : integer(rows)],
      ['Training tokens', tokens === undefined ? undefined : integer(tokens)],
      [
        'Supervised',
        supervised === undefined
          ? undefined
          : `${integer(supervised)}${tokens ? ` (${percent(supervised / tokens)})` : ''}`,
      ],
      [
        'Saved by shared beginnings',
        unshared && tokens ? `${percent(1 - tokens / unshared)} of ${integer(unshared)} tokens` : undefined,
      ],
    ]),
    sources &&
      html`<ul class="sources">${sources.map(({ name, licence, examples }) => html`<li>${name} <span>${licence} · ${integer(examples)} examples</span></li>`)}</ul>`,
  );
}

function countsTable(
  tasks: Record<string, Record<string, number>>,
  groups: Record<string, number> | undefined,
): Html {
  const rows = Object.entries(tasks).sort(([a], [b]) => (a < b ? -1 : 1));
  const splits = [...new Set(rows.flatMap(([, counts]) => Object.keys(counts)))].sort(
    (a, b) => splitOrder.indexOf(a) - splitOrder.indexOf(b),
  );
  const total = (split: string): number => rows.reduce((sum, [, counts]) => sum + (counts[split] ?? 0), 0);
  const row = (name: string, count: (split: string) => number, kind?: string): Html =>
    html`<tr class="${kind}"><th scope="row">${name}</th>${splits.map((split) => html`<td class="number">${integer(count(split))}</td>`)}</tr>`;
  return html`<div class="scroll"><table>
<caption>Examples by task and split</caption>
<thead><tr><th scope="col">Task</th>${splits.map((split) => html`<th scope="col" class="number">${label(split)}</th>`)}</tr></thead>
<tbody>${row('all tasks', total, 'total')}${rows.map(([task, counts]) => row(label(task), (split) => counts[split] ?? 0))}${groups && row('groups', (split) => groups[split] ?? 0, 'apart')}</tbody></table></div>`;
}
