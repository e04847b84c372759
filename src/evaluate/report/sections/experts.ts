/**
 * The candidate beside human experts: how far apart, and where the expert is still better.
 * @module
 */
import { integer, label, percent, pValue } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { section } from '../../../page/layout.js';
import type { Comparison } from '../../comparison.js';
import type { ReportInput } from '../input.js';
import { metricDifference, metricValue } from '../metric-text.js';

/** One section over all experts; nothing where there is none. */
export function expertSections({ verdict }: ReportInput): Html[] {
  const entries = verdict.filter(({ expert }) => expert);
  if (entries.length === 0) return [];
  return [
    section(
      'experts',
      'Beside experts',
      'Answers of people to the same items, scored by the same scorers.',
      ...entries.map(expertTable),
    ),
  ];
}

function expertTable(entry: Comparison): Html {
  const [candidate, expert] = entry.systems;
  const sign = entry.higher_is_better ? 1 : -1;
  const ahead = entry.tasks.filter(({ difference }) => sign * difference < 0);
  const value = (scores: Record<string, number>, name: string): string =>
    metricValue(scores[name] ?? Number.NaN, entry.unit);
  const rows = [{ ...entry, task: 'all tasks' }, ...(entry.tasks.length > 1 ? entry.tasks : [])];
  return html`<h3>${candidate} and ${expert} on ${entry.benchmark}</h3>
<p>${sentenceOf(entry)} ${aheadOf(ahead)}</p>
<div class="scroll"><table>
<thead><tr><th scope="col">Task</th><th scope="col" class="number">${candidate}</th><th scope="col" class="number">${expert}</th><th scope="col" class="number">Difference to the expert</th><th scope="col">Verdict</th></tr></thead>
<tbody>${rows.map(
    ({ task, n, scores, difference, confidence_interval: [low, high], p_value, verdict }) =>
      html`<tr><th scope="row">${label(task)}<small>${integer(n)} items</small></th><td class="number">${value(scores, candidate)}</td><td class="number">${value(scores, expert)}</td><td class="number">${metricDifference(difference, entry.unit)}<small>${metricDifference(low, entry.unit)} to ${metricDifference(high, entry.unit)}, ${pValue(p_value)}</small></td><td>${verdict}</td></tr>`,
  )}</tbody></table></div>`;
}

function sentenceOf({ systems: [candidate, expert], verdict, n, confidence }: Comparison): string {
  const items = `${integer(n)} items, ${percent(confidence).replace('.0', '')} intervals`;
  if (verdict === 'better') return `${candidate} is better than ${expert} (${items}).`;
  if (verdict === 'worse') return `${expert} is better than ${candidate} (${items}).`;
  return `Which of the two is better, these items cannot tell (${items}).`;
}

/** Where the expert's score is higher: for sure, and as far as the items go. */
function aheadOf(tasks: Comparison['tasks']): string {
  const named = (sure: boolean): string =>
    tasks
      .filter(({ verdict }) => (verdict === 'worse') === sure)
      .map(({ task }) => label(task))
      .join(', ');
  const [sure, open] = [named(true), named(false)];
  return [
    sure && `The expert is still better at ${sure}.`,
    open && `The expert has the higher score at ${open}, which may be chance.`,
  ]
    .filter(Boolean)
    .join(' ');
}
