/**
 * Section about the domain: which aspects the training split covers, and what is missing.
 * @module
 */
import { integer, label, percent } from '../../page/format.js';
import { type Html, html } from '../../page/html.js';
import { facts, note, section } from '../../page/layout.js';
import type { DatasetCard } from '../card.js';
import type { CoverageStatus, ShareCoverage } from '../coverage/report.js';
import { coverageChart } from './charts.js';

/** Tasks that the map has room for. */
const shownTasks = 14;

const statusWords: Record<CoverageStatus, string> = {
  missing: 'missing',
  thin: 'thin',
  enough: 'enough',
  too_much: 'more than wanted',
};

/** Aspects by task as a map, their quotas, hard items and edge cases, and what to do. */
export async function coverageSection({ coverage }: DatasetCard): Promise<Html> {
  const { aspects, tasks, edge, hard, unassigned, advice } = coverage;
  return section(
    'coverage',
    'Coverage',
    aspects.length > 0
      ? 'What the training split holds of each aspect that the recipe names.'
      : 'The recipe names no aspects of the domain (data.coverage.aspects); hard items and edge cases are counted all the same.',
    aspects.length > 0 ? html`<figure>${await coverageMap(coverage)}</figure>` : undefined,
    aspects.length > 0
      ? html`<div class="scroll"><table><thead><tr><th scope="col">Aspect</th><th scope="col" class="number">Train</th><th scope="col" class="number">Share</th><th scope="col" class="number">All splits</th><th scope="col">Standing</th></tr></thead>
<tbody>${aspects.map(
          ({ name, train, share, total, status, wanted }) =>
            html`<tr><th scope="row">${name}</th><td class="number">${integer(train)}</td><td class="number">${percent(share)}</td><td class="number">${integer(total)}</td><td>${statusWords[status]}${wanted !== undefined && ` (${integer(wanted)} wanted)`}</td></tr>`,
        )}</tbody></table></div>`
      : undefined,
    facts([
      ['Edge cases', shareText(edge)],
      ['Hard items', shareText(hard)],
      ['Without an aspect', aspects.length > 0 ? integer(unassigned) : undefined],
      ['Tasks', integer(tasks.length)],
    ]),
    ...advice.map((text) => note(text)),
  );
}

function coverageMap({ aspects, tasks }: DatasetCard['coverage']): Promise<Html> {
  const shown = tasks.slice(0, shownTasks);
  return coverageChart(
    aspects.flatMap(({ name, byTask }) =>
      shown.map((task, index) => ({ aspect: name, task: label(task), examples: byTask[index] ?? 0 })),
    ),
    aspects.map(({ name }) => name),
  );
}

function shareText({ items, share, wanted, status }: ShareCoverage): string {
  if (status === 'unknown') return 'not measured';
  return `${integer(items)} (${percent(share)}${wanted > 0 ? `, ${percent(wanted)} wanted` : ''})`;
}
