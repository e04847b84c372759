/**
 * A plan for people: figures, tables of its stages and a picture.
 * @module
 */
import type { GateSettings } from '../recipe/stages/gate.js';
import type { LengthSettings } from '../recipe/stages/length.js';
import type { Plan } from '../train/plan.js';
import type { PlanSummary, StageSummary } from '../train/plan-summary.js';
import { drawPlan, formatRate } from './plan-picture.js';
import { formatTable } from './terminal.js';

/** What the recipe says about a stage beyond the plan. */
export interface PlannedGate {
  name: string;
  gate?: GateSettings;
}

/** A plan as text, at most 80 columns wide where names are short. */
export function describePlanText(
  plan: Plan,
  summary: PlanSummary,
  gates: readonly PlannedGate[] = [],
): string {
  const { steps, epochs, rows_per_step, smallest_step, tokens, supervised_tokens, extension_steps } = summary;
  const staged = plan.header.stages.some(({ parts }) => parts !== undefined);
  const length = staged
    ? `${plural(summary.stages.filter((stage) => !stage.extends).length, 'stage')}${extension_steps > 0 ? `; ${extension_steps} of the steps only where a gate asks for them` : ''}`
    : `${Math.round(epochs * 100) / 100} epochs`;
  const shown = gates.filter(({ gate }) => gate !== undefined);
  return [
    `${plural(steps, 'optimizer step')}, ${length}`,
    `${plural(rows_per_step, 'row')} a step${smallest_step < rows_per_step ? `, ${smallest_step} in the smallest` : ''}`,
    `${tokens} tokens, ${supervised_tokens} of them supervised`,
    `${plural(summary.evaluations, 'evaluation')}, ${plural(summary.checkpoints, 'checkpoint')}`,
    ...(staged ? ['', stageTable(plan, summary.stages), '', partTable(summary.stages)] : []),
    ...(shown.length > 0
      ? ['', ...shown.map(({ name, gate }) => `gate of ${name}: ${gateText(gate!)}`)]
      : []),
    ...(summary.notes.length > 0 ? ['', ...summary.notes.map((note) => `note: ${note}`)] : []),
    '',
    drawPlan(plan),
  ].join('\n');
}

function stageTable({ header }: Plan, stages: readonly StageSummary[]): string {
  return formatTable([
    ['stage', 'steps', 'tokens', 'supervised', 'order', 'begins with', 'peak rate'],
    ...stages.map((stage, index) => [
      stage.name,
      String(stage.steps),
      String(stage.tokens),
      String(stage.supervised_tokens),
      stage.order ?? 'random',
      beginning(stage, index === 0, header.engine.method === 'full'),
      formatRate(stage.learning_rate),
    ]),
  ]);
}

function beginning({ carry, optimizer }: StageSummary, first: boolean, full: boolean): string {
  if (first) return full ? 'base model' : 'new adapter';
  if (carry === 'merged') return 'merged base, new adapter';
  return `${full ? 'model' : 'adapter'}, ${optimizer === 'keep' ? 'optimizer kept' : 'new optimizer'}`;
}

function partTable(stages: readonly StageSummary[]): string {
  return formatTable([
    ['stage', 'part', 'wanted', 'planned', 'rows', 'passes'],
    ...stages.flatMap(({ name, parts }) =>
      parts.map((part, index) => [
        index === 0 ? name : '',
        part.name,
        percent(part.wanted_share),
        percent(part.share),
        String(part.rows),
        part.epochs.toFixed(2),
      ]),
    ),
  ]);
}

/** What a gate wants and what happens otherwise, as a sentence. */
export function gateText({
  metric,
  benchmark,
  at_least,
  at_most,
  otherwise,
  extend,
  check_steps,
}: GateSettings): string {
  const bound = at_least === undefined ? `at most ${at_most}` : `at least ${at_least}`;
  const place = benchmark === undefined ? '' : ` on ${benchmark}`;
  const early = check_steps > 0 ? `, looked at every ${plural(check_steps, 'step')}` : '';
  const after = (action: 'stop' | 'go_on') => (action === 'stop' ? 'stop' : 'go on');
  const failed =
    otherwise === 'extend' && extend
      ? `${lengthText(extend.length)} more, ${extend.times === 1 ? 'once' : `up to ${extend.times} times`}, then ${after(extend.finally)}`
      : after(otherwise === 'go_on' ? 'go_on' : 'stop');
  return `${metric}${place} ${bound}${early}; otherwise ${failed}`;
}

function lengthText({ epochs, steps, tokens }: LengthSettings): string {
  if (steps !== undefined) return plural(steps, 'step');
  return tokens === undefined ? plural(epochs!, 'epoch') : plural(tokens, 'token');
}

/** A count with its noun. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
