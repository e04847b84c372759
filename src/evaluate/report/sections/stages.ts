/**
 * The stages of the training: what each was made of, how its gate decided, what it was measured at.
 * @module
 */
import { decimal, integer, label, significant } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { section } from '../../../page/layout.js';
import { isEvaluation, type Metrics } from '../../../train/metrics.js';
import type { PlannedPart } from '../../../train/plan.js';
import type { StageSummary } from '../../../train/plan-summary.js';
import type { StageRecord } from '../../../train/stage-records.js';
import { planChart } from '../charts.js';
import type { ReportInput } from '../input.js';

/** Table and picture of the stages; nothing where the run has none. */
export async function stagesSection({ planned, stages, metrics }: ReportInput): Promise<Html[]> {
  if (!planned?.stages.some(({ order }) => order !== undefined)) return [];
  const lossAfter = (step: number | undefined): number | undefined =>
    metrics.filter(isEvaluation).findLast((line) => line.step === step)?.eval_loss;
  const own = planned.stages.filter((stage) => stage.extends === undefined);
  const rows = own.map((stage) => {
    const record = stages.find(({ name }) => name === stage.name);
    const loss = lossAfter(record?.last_step);
    return [
      html`<b>${stage.name}</b>`,
      stepsOf(stage, record),
      integer(tokensOf(stage, record, metrics)),
      stage.parts.map(partText).join(', '),
      [stage.order, stage.carry === 'merged' ? 'fresh adapter' : undefined].filter(Boolean).join(', '),
      // The plan holds it in 32 bits, which has no more digits.
      significant(Number(stage.learning_rate.toPrecision(6))),
      loss === undefined ? '' : significant(loss),
      record ? gateText(record) : 'not reached yet',
    ];
  });
  const measured = stages.flatMap(({ name, scores }) =>
    Object.entries(scores).map(([benchmark, metrics]) => [
      html`<b>${name}</b>`,
      benchmark,
      Object.entries(metrics)
        .slice(0, 4)
        .map(([metric, value]) => `${label(metric)} ${decimal(value, 3)}`)
        .join(', '),
    ]),
  );
  const content = section(
    'stages',
    'Stages',
    'Learning rate and mix along the steps, as planned before the first one.',
    html`<figure>${await planChart(planned)}</figure>`,
    table(['Stage', 'Steps', 'Tokens', 'Mix', 'Order', 'Learning rate', 'Held-out loss', 'Gate'], rows),
    measured.length > 0 ? table(['After stage', 'Benchmark', 'Metrics'], measured) : undefined,
  );
  return [content];
}

function stepsOf({ first_step, steps }: StageSummary, record: StageRecord | undefined): string {
  return `${first_step} to ${record?.last_step ?? first_step + steps - 1}`;
}

/** Those of the steps that were made, extensions included; before that the planned ones. */
function tokensOf(
  { first_step, tokens }: StageSummary,
  record: StageRecord | undefined,
  metrics: readonly Metrics[],
): number {
  const last = record?.last_step;
  if (last === undefined) return tokens;
  return metrics.reduce(
    (sum, line) => sum + (isEvaluation(line) || line.step < first_step || line.step > last ? 0 : line.tokens),
    0,
  );
}

function partText({ name, share }: PlannedPart): string {
  return `${name === 'all' ? 'all' : name} ${Math.round(100 * share)}\u00a0%`;
}

const decisionWords = { reached: 'reached', go_on: 'went on all the same', stop: 'the run stopped' };

function gateText({ gate, extensions, ended_early }: StageRecord): string {
  if (!gate) return 'none';
  const { settings, checks, decision } = gate;
  const bound = settings.at_least === undefined ? `≤ ${settings.at_most}` : `≥ ${settings.at_least}`;
  const value = checks.at(-1)?.value;
  const parts = [
    `${label(settings.metric)}${settings.benchmark === undefined ? '' : ` on ${settings.benchmark}`} ${bound}`,
    value === undefined ? 'not measured yet' : `came to ${significant(value)}`,
    decision && decisionWords[decision],
    extensions > 0 ? `extended ${extensions === 1 ? 'once' : `${extensions} times`}` : undefined,
    ended_early ? 'ended early' : undefined,
  ];
  return parts.filter(Boolean).join(', ');
}

function table(heads: readonly string[], rows: readonly (Html | string)[][]): Html {
  return html`<div class="scroll"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
