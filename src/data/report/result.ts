/**
 * Sections about the examples themselves.
 * @module
 */
import { integer, label } from '../../page/format.js';
import { type Html, html } from '../../page/html.js';
import { facts, section } from '../../page/layout.js';
import type { DatasetCard } from '../card.js';
import { type Example, splits } from '../example.js';
import { charactersPerToken } from '../lengths.js';
import { lengthChart } from './charts.js';

/** Examples by task and split. */
export function splitsSection({ tasks, counts, groups }: DatasetCard): Html {
  const row = (name: string, values: Record<string, number>, kind?: string): Html =>
    html`<tr class="${kind}"><th scope="row">${name}</th>${splits.map((split) => html`<td class="number">${integer(values[split] ?? 0)}</td>`)}</tr>`;
  return section(
    'splits',
    'Splits',
    'No group (document, company, patient) stands in two splits; the shares hold for every task as well as groups allow.',
    html`<div class="scroll"><table><thead><tr><th scope="col">Task</th>${splits.map((split) => html`<th scope="col" class="number">${split}</th>`)}</tr></thead>
<tbody>${row('all tasks', counts, 'total')}${Object.entries(tasks).map(([task, values]) => row(label(task), values))}${row('groups', groups, 'apart')}</tbody></table></div>`,
  );
}

/** How long the examples are. */
export async function lengthsSection({ lengths }: DatasetCard): Promise<Html> {
  const tokens = (characters: number): string => `≈ ${integer(characters / charactersPerToken)} tokens`;
  return section(
    'lengths',
    'Lengths',
    `Estimated at ${charactersPerToken} characters a token; exact once a model's tokenizer has seen them. Dashed lines are common context lengths.`,
    html`<p class="legend">${splits.map((split, place) => html`<span class="system series-${place}">${split}</span>`)}</p><figure>${await lengthChart(lengths)}</figure>`,
    facts([
      ['Shortest', tokens(lengths.shortest)],
      ['Half are under', tokens(lengths.median)],
      ['Longest', tokens(lengths.longest)],
    ]),
  );
}

/** A few examples, whole. */
export function examplesSection(examples: readonly Example[]): Html | undefined {
  if (examples.length === 0) return undefined;
  return section(
    'examples',
    'Examples',
    'One of each task from the training split, as the model sees it, with its story.',
    ...examples.map(exampleItem),
  );
}

function exampleItem({ id, task, messages, text, source, steps = [], derivation }: Example): Html {
  const turns = messages ?? [{ role: 'text', content: text ?? '' }];
  return html`<article class="item"><p class="task"><span class="kind">${label(task)}</span><span class="id">${id}</span></p>
${turns.map(({ role, content }) => html`<p class="who">${role}</p><p class="said">${content}</p>`)}
<div class="cells"><div><p class="who">from</p><p>${source}</p></div>${derivation && html`<div><p class="who">follows from</p><p>${derivation}</p></div>`}${steps.length > 0 && html`<div><p class="who">steps</p>${steps.map(({ step, note }) => html`<p>${label(step)}: ${note}</p>`)}</div>`}</div></article>`;
}
