/**
 * Sections about the way: what each step let through, removed and changed.
 * @module
 */
import { integer, label } from '../../page/format.js';
import { type Html, html } from '../../page/html.js';
import { section } from '../../page/layout.js';
import type { DatasetCard } from '../card.js';
import type { StepReport } from '../stages/report.js';
import { funnelChart } from './charts.js';

/** The funnel from what was read to the data set. */
export async function funnelSection({ sources, steps, counts }: DatasetCard): Promise<Html> {
  const read = sources.reduce((sum, { examples, tables }) => sum + (tables ? 0 : examples), 0);
  const bars = [
    ...(read > 0 ? [{ step: 'read', items: read }] : []),
    ...steps.map(({ step, items_out }) => ({ step: label(step), items: items_out })),
    { step: 'data set', items: counts.train + counts.validation + counts.test },
  ];
  return section(
    'way',
    'The way',
    'From what was read to what is trained on. Steps that make examples from documents let the number grow.',
    html`<figure>${await funnelChart(bars)}</figure>`,
    stepsTable(steps),
  );
}

function stepsTable(steps: readonly StepReport[]): Html {
  const counts = (values: Record<string, number>): string =>
    Object.entries(values)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${label(name)} ${integer(count)}`)
      .join(' · ');
  return html`<div class="scroll"><table><thead><tr><th scope="col">Step</th><th scope="col" class="number">In</th><th scope="col" class="number">Out</th><th scope="col">Removed</th><th scope="col">Changed or made</th></tr></thead>
<tbody>${steps.map(
    ({ step, items_in, items_out, removed, changed }) =>
      html`<tr><th scope="row">${label(step)}</th><td class="number">${integer(items_in)}</td><td class="number">${integer(items_out)}</td><td>${counts(removed)}</td><td>${counts(changed)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** What rules changed, before and after. */
export function samplesSection({ steps }: DatasetCard): Html | undefined {
  const samples = steps.flatMap(({ step, samples: some }) => some.map((sample) => ({ step, ...sample })));
  if (samples.length === 0) return undefined;
  return section(
    'changes',
    'Changes',
    'The first few of each rule, before and after.',
    ...samples.map(
      ({
        step,
        rule,
        id,
        before,
        after,
      }) => html`<article class="item"><p class="task"><span class="kind">${label(step)} · ${label(rule)}</span><span class="id">${id}</span></p>
<div class="cells"><div><p class="who">before</p><p class="said">${before}</p></div><div><p class="who">after</p>${after === undefined ? html`<p class="said empty">removed</p>` : html`<p class="said">${after}</p>`}</div></div></article>`,
    ),
  );
}
