/**
 * How every system scored.
 * @module
 */

import { decimal, integer, label, percent, points } from '../../../page/format.js';
import { Html, html } from '../../../page/html.js';
import { note, section, systemTag } from '../../../page/layout.js';
import type { Comparison } from '../../comparison.js';
import { type ScorePoint, scoreChart } from '../charts.js';
import type { BenchmarkAnswers, ReportInput } from '../input.js';
import { type Score, scoreOf, scoresByTask } from '../scores.js';

/** Scores in all and by task: one section a benchmark. */
export async function scoreSections({ benchmarks, verdict }: ReportInput): Promise<Html[]> {
  if (benchmarks.length === 0) {
    return [section('scores', 'Scores', '', note('No system was evaluated in this run.'))];
  }
  return Promise.all(
    benchmarks.map((benchmark, index) =>
      scoreSection(
        benchmark,
        index,
        verdict.filter((entry) => entry.benchmark === benchmark.name),
      ),
    ),
  );
}

async function scoreSection(
  benchmark: BenchmarkAnswers,
  index: number,
  comparisons: readonly Comparison[],
): Promise<Html> {
  const confidence = comparisons[0]?.confidence ?? 0.95;
  const metric = comparisons[0]?.metric ?? 'exact_match';
  const systems = benchmark.systems.map(({ name }) => name);
  const inAll = benchmark.systems.map(({ items }) =>
    scoreOf(items, ({ scores }) => scores[metric], confidence),
  );
  const tasks = scoresByTask(benchmark, metric, confidence);
  const rows = [{ task: 'all tasks', scores: inAll }, ...tasks];
  const chart = await scoreChart(
    rows.flatMap(({ task, scores }) => chartPoints(label(task), systems, scores)),
    systems,
  );
  const comparison = comparisons[0];
  return section(
    `scores-${index}`,
    html`Scores on <span class="name">${benchmark.name}</span>`,
    `${label(metric)}, with ${percent(confidence).replace('.0', '')} intervals. A range that is wide says: too few items.`,
    html`<p class="legend">${systems.map((name, place) => systemTag(name, systems.length - 1 - place))}</p>`,
    html`<figure>${chart}</figure>`,
    systemsTable(benchmark, confidence),
    html`<div class="scroll"><table>
<caption>By task</caption>
<thead><tr><th scope="col">Task</th>${systems.map((name, place) => html`<th scope="col" class="number">${systemTag(name, systems.length - 1 - place)}</th>`)}${comparison && html`<th scope="col" class="number">${comparison.systems.join(' − ')}</th>`}</tr></thead>
<tbody>${rows.map(({ task, scores }, row) => {
      const figures = row === 0 ? comparison : comparison?.tasks.find((entry) => entry.task === task);
      return html`<tr${row === 0 && new Html(' class="total"')}><th scope="row">${label(task)}<small>${integer(Math.max(...scores.map((score) => score?.n ?? 0)))} items</small></th>${scores.map(scoreCell)}${comparison && differenceCell(figures)}</tr>`;
    })}</tbody></table></div>`,
  );
}

function chartPoints(task: string, systems: string[], scores: (Score | undefined)[]): ScorePoint[] {
  return scores.flatMap((score, place) => (score ? [{ task, system: systems[place]!, ...score }] : []));
}

/** Every metric of every system, and how its answers end. */
function systemsTable({ systems }: BenchmarkAnswers, confidence: number): Html {
  const metrics = [...new Set(systems.flatMap(({ items }) => Object.keys(items[0]?.scores ?? {})))];
  return html`<div class="scroll"><table>
<caption>By system</caption>
<thead><tr><th scope="col">System</th>${metrics.map((metric) => html`<th scope="col" class="number">${label(metric)}</th>`)}<th scope="col" class="number">Ended by itself</th><th scope="col" class="number">Tokens an answer</th></tr></thead>
<tbody>${systems.map(
    ({ name, items }, place) =>
      html`<tr><th scope="row">${systemTag(name, systems.length - 1 - place)}<small>${integer(items.length)} items</small></th>${metrics.map(
        (metric) => scoreCell(scoreOf(items, ({ scores }) => scores[metric], confidence)),
      )}${scoreCell(scoreOf(items, ({ stopped }) => Number(stopped), confidence))}<td class="number">${meanTokens(items)}</td></tr>`,
  )}</tbody></table></div>`;
}

function meanTokens(items: BenchmarkAnswers['systems'][number]['items']): string {
  const counts = items.map((item) => item.new_tokens).filter((count) => count !== undefined);
  return counts.length > 0 ? decimal(counts.reduce((sum, count) => sum + count, 0) / counts.length, 1) : '–';
}

function scoreCell(score: Score | undefined): Html {
  if (!score) return html`<td class="number">–</td>`;
  const { low, high } = score.interval;
  return html`<td class="number">${percent(score.mean)}<small>${decimal(low * 100, 1)} to ${decimal(high * 100, 1)}</small></td>`;
}

function differenceCell(figures: Comparison | Comparison['tasks'][number] | undefined): Html {
  if (!figures) return html`<td class="number">–</td>`;
  const [low, high] = figures.confidence_interval;
  return html`<td class="number"><span class="change change-${figures.verdict.replace(' ', '-')}">${points(figures.difference)}</span><small>${points(low)} to ${points(high)}</small></td>`;
}
