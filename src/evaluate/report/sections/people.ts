/**
 * What people said of the answers.
 * @module
 */
import { duration, integer, label, percent, pValue } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { section } from '../../../page/layout.js';
import type { Disagreement, Opinion } from '../../human/disagreements.js';
import type { Figures } from '../../human/figures.js';
import type { RaterResults } from '../../human/results.js';
import type { ReportInput, StudySummary } from '../input.js';

/** Items with different opinions that the page shows; all of them are in the study's folder. */
const shownDisagreements = 20;

/** One section a study. */
export function peopleSections({ studies }: ReportInput): Html[] {
  return studies.map(({ results }, index) => studySection(results, index));
}

function studySection(results: StudySummary['results'], index: number): Html {
  const { study, benchmark, decided, asked, items, groups, all, agreement, raters, disagreements } = results;
  return section(
    `people-${index}`,
    html`People: <span class="name">${study}</span>`,
    `${integer(decided)} of ${integer(asked)} decisions on ${integer(items)} items from ${integer(groups)} groups of “${benchmark}”, made without knowing which system answered.`,
    ...figureTables(all),
    html`<h3>Agreement</h3>
<ul class="sources">${agreement.map(({ on, alpha, interval, same, units }) =>
      alpha === undefined
        ? html`<li>${label(on)}: no two raters decided the same units, or all said the same</li>`
        : html`<li>${label(on)}: Krippendorff’s α = ${alpha.toFixed(2)}${interval && ` (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`}<span>${same !== undefined && `${percent(same)} of the pairs of raters said the same; `}${integer(units)} units</span></li>`,
    )}</ul>`,
    ratersTable(raters),
    disagreements.length > 0 ? discussion(disagreements) : undefined,
  );
}

function figureTables({ winRates, strengths, scores, differences }: Figures): (Html | undefined)[] {
  return [
    winRates.length > 0
      ? html`<div class="scroll"><table>
<caption>Preferences</caption>
<thead><tr><th scope="col">Pair</th><th scope="col" class="number">Won</th><th scope="col" class="number">Lost</th><th scope="col" class="number">Tied</th><th scope="col" class="number">Win rate</th></tr></thead>
<tbody>${winRates.map(
          ({ system, against, wins, losses, ties, bothBad, rate, interval, pValue: p }) =>
            html`<tr><th scope="row">${system} against ${against}</th><td class="number">${integer(wins)}</td><td class="number">${integer(losses)}</td><td class="number">${integer(ties)}<small>${integer(bothBad)} both bad</small></td><td class="number">${percent(rate)}<small>${percent(interval.low)} to ${percent(interval.high)}, ${pValue(p)}</small></td></tr>`,
        )}</tbody></table></div>`
      : undefined,
    strengths.length > 2
      ? html`<div class="scroll"><table>
<caption>Strength (Bradley-Terry): chance against the average</caption>
<tbody>${strengths.map(
          ({ system, strength, interval }) =>
            html`<tr><th scope="row">${system}</th><td class="number">${percent(strength)}<small>${percent(interval.low)} to ${percent(interval.high)}</small></td></tr>`,
        )}</tbody></table></div>`
      : undefined,
    scores.length > 0
      ? html`<div class="scroll"><table>
<caption>Scores</caption>
<thead><tr><th scope="col">Criterion</th><th scope="col">System</th><th scope="col" class="number">Mean</th></tr></thead>
<tbody>${scores.map(
          ({ criterion, system, mean, interval, n }) =>
            html`<tr><th scope="row">${label(criterion)}</th><td>${system}</td><td class="number">${mean.toFixed(2)}<small>${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}, ${integer(n)} ratings</small></td></tr>`,
        )}${differences.map(
          ({ criterion, system, against, difference, interval, pValue: p }) =>
            html`<tr><th scope="row">${label(criterion)}</th><td>${system} − ${against}</td><td class="number">${signed(difference)}<small>${signed(interval.low)} to ${signed(interval.high)}, ${pValue(p)}</small></td></tr>`,
        )}</tbody></table></div>`
      : undefined,
  ];
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function ratersTable(raters: readonly RaterResults[]): Html {
  return html`<div class="scroll"><table>
<caption>Raters</caption>
<thead><tr><th scope="col">Rater</th><th scope="col" class="number">Decided</th><th scope="col" class="number">Chose the left side</th><th scope="col" class="number">A decision</th></tr></thead>
<tbody>${raters.map(
    ({ rater, decided, asked, left, seconds }) =>
      html`<tr><th scope="row">${rater}</th><td class="number">${integer(decided)} of ${integer(asked)}</td><td class="number">${left ? html`${percent(left.share)}<small>${percent(left.interval.low)} to ${percent(left.interval.high)}</small>` : '–'}</td><td class="number">${seconds ? duration(seconds.median) : '–'}</td></tr>`,
  )}</tbody></table></div>`;
}

function discussion(disagreements: readonly Disagreement[]): Html {
  return html`<details><summary>${integer(disagreements.length)} items to discuss: the raters differ</summary>
${disagreements.slice(0, shownDisagreements).map(
  ({ item, task, question, answers, opinions }) =>
    html`<article class="item"><p class="task"><span class="kind">${label(task)}</span><span class="id">${item}</span></p><h3>${question}</h3>
<div class="cells">${answers.map(({ systems, text }) => html`<div class="answer"><p class="who">${systems.join(', ')}</p><p class="said">${text}</p></div>`)}</div>
<ul class="sources">${opinions.map((opinion) => html`<li>${opinion.rater}: ${opinionText(opinion)}${opinion.comment && html`<span>${opinion.comment}</span>`}</li>`)}</ul></article>`,
)}</details>`;
}

function opinionText({ preferred, scores = {} }: Opinion): string {
  if (preferred !== undefined) return preferred === 'both_bad' ? 'both bad' : preferred;
  return Object.entries(scores)
    .map(([criterion, score]) => `${label(criterion)} ${score}`)
    .join(', ');
}
