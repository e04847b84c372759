/**
 * How every system scored: by task, and by every metric.
 * @module
 */
import { duration, integer, label, percent } from '../../../page/format.js';
import { Html, html } from '../../../page/html.js';
import { note, section, systemTag } from '../../../page/layout.js';
import type { Comparison, ComparisonFigures } from '../../comparison.js';
import { latencyPercentiles } from '../../metrics/effort.js';
import type { Metric } from '../../metrics/metric.js';
import type { MetricEstimate } from '../../statistics/metric-statistics.js';
import { scoreChart } from '../charts.js';
import type { BenchmarkAnswers, ReportInput } from '../input.js';
import { metricDifference, metricInterval, metricLabel, metricValue } from '../metric-text.js';
import { estimate, mainMetric, scoresByTask } from '../scores.js';

/** One section a benchmark. */
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
  const metric = mainMetric(benchmark, comparisons[0]?.metric);
  const systems = benchmark.systems.map(({ name }) => name);
  const tasks = scoresByTask(benchmark, metric, confidence);
  const whole = benchmark.systems.map(({ items }) => estimate(items, metric, confidence));
  const rows = [{ task: 'all tasks', scores: whole }, ...(tasks.length > 1 ? tasks : [])];
  const { source, licence } = benchmark.card;
  return section(
    `scores-${index}`,
    html`Scores on <span class="name">${benchmark.name}</span>`,
    html`${metricLabel(metric)}, with ${percent(confidence).replace('.0', '')} intervals. A range that is wide says: too few items.${source && html`<br>Items: ${source}${licence && html` (${licence})`}`}`,
    html`<p class="legend">${systems.map((name, place) => systemTag(name, systems.length - 1 - place))}</p>`,
    metric.unit === 'share'
      ? html`<figure>${await scoreChart(
          rows.flatMap(({ task, scores }) =>
            scores.flatMap((score, place) =>
              score
                ? [
                    {
                      task: label(task),
                      system: systems[place]!,
                      mean: score.value,
                      interval: score.interval,
                    },
                  ]
                : [],
            ),
          ),
          systems,
        )}</figure>`
      : undefined,
    metricsTable(benchmark, comparisons, confidence),
    tasksTable(rows, metric, systems, comparisons[0]),
    latencyTable(benchmark),
    powerNote(comparisons),
  );
}

/** How long answers took, of systems that were timed answer by answer. */
function latencyTable({ systems }: BenchmarkAnswers): Html | undefined {
  const timed = systems.flatMap(({ name, items }) => {
    const latency = latencyPercentiles(items);
    return latency ? [{ name, latency }] : [];
  });
  if (timed.length === 0) return undefined;
  return html`<div class="scroll"><table>
<caption>Time from question to answer</caption>
<thead><tr><th scope="col">System</th><th scope="col" class="number">Half within</th><th scope="col" class="number">95 of 100 within</th><th scope="col" class="number">Longest</th></tr></thead>
<tbody>${timed.map(
    ({ name, latency: { count, p50, p95, longest } }) =>
      html`<tr><th scope="row">${name}<small>${integer(count)} answers</small></th>${[p50, p95, longest].map((seconds) => html`<td class="number">${duration(seconds)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** Every metric as a row; the candidate's difference to each other system, p values adjusted over the metrics. */
function metricsTable(
  { systems, metrics }: BenchmarkAnswers,
  comparisons: readonly Comparison[],
  confidence: number,
): Html {
  const rows = metrics
    .map((metric) => ({
      metric,
      estimates: systems.map(({ items }) => estimate(items, metric, confidence)),
    }))
    .filter(({ estimates }) => estimates.some(Boolean));
  return html`<div class="scroll"><table>
<caption>By metric</caption>
<thead><tr><th scope="col">Metric</th>${systems.map(({ name }, place) => html`<th scope="col" class="number">${systemTag(name, systems.length - 1 - place)}</th>`)}${comparisons.map(({ systems: pair }) => differenceHead(pair))}</tr></thead>
<tbody>${rows.map(
    ({ metric, estimates }) =>
      html`<tr${metric.name === comparisons[0]?.metric && new Html(' class="total"')}><th scope="row">${metricLabel(metric)}<small>${integer(Math.max(...estimates.map((one) => one?.n ?? 0)))} items${metric.higherIsBetter ? '' : ', less is better'}</small></th>${estimates.map((one) => scoreCell(one, metric))}${comparisons.map(
        (comparison) =>
          differenceCell(
            comparison.metric === metric.name
              ? comparison
              : comparison.metrics.find((entry) => entry.metric === metric.name),
            metric,
          ),
      )}</tr>`,
  )}</tbody></table></div>`;
}

const differenceHead = ([candidate, baseline]: readonly [string, string]): Html =>
  html`<th scope="col" class="number">${candidate} − ${baseline}</th>`;

function tasksTable(
  rows: readonly { task: string; scores: (MetricEstimate | undefined)[] }[],
  metric: Metric,
  systems: readonly string[],
  comparison: Comparison | undefined,
): Html | undefined {
  if (rows.length < 2) return undefined;
  return html`<div class="scroll"><table>
<caption>By task</caption>
<thead><tr><th scope="col">Task</th>${systems.map((name, place) => html`<th scope="col" class="number">${systemTag(name, systems.length - 1 - place)}</th>`)}${comparison && differenceHead(comparison.systems)}</tr></thead>
<tbody>${rows.map(({ task, scores }, row) => {
    const figures = row === 0 ? comparison : comparison?.tasks.find((entry) => entry.task === task);
    return html`<tr${row === 0 && new Html(' class="total"')}><th scope="row">${label(task)}<small>${integer(Math.max(...scores.map((score) => score?.n ?? 0)))} items</small></th>${scores.map((score) => scoreCell(score, metric))}${comparison && differenceCell(figures, metric)}</tr>`;
  })}</tbody></table></div>`;
}

function scoreCell(score: MetricEstimate | undefined, { unit }: Metric): Html {
  if (!score) return html`<td class="number">–</td>`;
  return html`<td class="number">${metricValue(score.value, unit)}<small>${metricInterval(score.interval, unit)}</small></td>`;
}

function differenceCell(figures: ComparisonFigures | undefined, { unit }: Metric): Html {
  if (!figures) return html`<td class="number">–</td>`;
  const [low, high] = figures.confidence_interval;
  return html`<td class="number"><span class="change change-${figures.verdict.replace(' ', '-')}">${metricDifference(figures.difference, unit)}</span><small>${metricDifference(low, unit)} to ${metricDifference(high, unit)}</small></td>`;
}

/** What these items can show, and what a wanted difference would take. */
function powerNote(comparisons: readonly Comparison[]): Html | undefined {
  const known = comparisons.filter(({ power }) => power);
  if (known.length === 0) return undefined;
  return html`<div><h3>What these items can show</h3><ul class="sources">${known.map(
    ({ systems, power, n, groups }) => {
      const { detectable_difference, wanted_difference, required_items, required_groups } = power!;
      return html`<li>${systems.join(' against ')}: a true difference of ${percent(detectable_difference)} or more, four times out of five<span>${integer(n)} items from ${integer(groups)} groups; ${percent(wanted_difference)} would take about ${integer(required_items)} items from ${integer(required_groups)} groups</span></li>`;
    },
  )}</ul></div>`;
}
