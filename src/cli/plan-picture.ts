/**
 * A plan as a picture for the terminal: the learning rate over the steps, and below it the mix.
 * @module
 */
import type { Plan } from '../train/plan.js';
import { type PlanPoint, partsOf, planPoints } from '../train/plan-points.js';

/** Columns of the picture, axis and labels included. */
const width = 80;
const rateLines = 5;
const mixLines = 10;
const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Signs of the parts, told apart without colour; letters follow when they are used up. */
const signs = ['█', '░', '▓', '▒', '#', '=', '+', 'o', ...'abcdefghijklmnpqrstuvwxyz'];
const replaySign = '·';

/**
 * Draws a plan, at most 80 columns wide. A column is a step, or several where there are more; a stage has at least
 * one. The mix is drawn where a stage has more than one part or there are several stages.
 */
export function drawPlan(plan: Plan): string {
  const most = plan.learningRate.reduce((highest, rate) => Math.max(highest, rate), 0);
  const label = most > 0 ? formatRate(most) : '';
  const margin = Math.max(label.length, 'tokens'.length);
  const columns = width - margin - 2;
  const points = planPoints(plan, columns);
  const axis = (text: string) => `${text.padStart(margin)} `;
  const lines = [
    'learning rate',
    ...drawRates(points, most).map((line, index) =>
      `${axis(index === 0 ? label : index === rateLines - 1 ? '0' : '')}│${line}`.trimEnd(),
    ),
  ];
  const legend = partSigns(plan);
  if (legend.size > 1) {
    lines.push('', 'share of the tokens');
    lines.push(
      ...drawMix(plan, points, legend).map(
        (line, index) => `${axis(index === 0 ? '100 %' : index === mixLines - 1 ? '0 %' : '')}│${line}`,
      ),
    );
  }
  lines.push(`${axis('')}└${'─'.repeat(points.length)}`);
  lines.push(`${axis('step')} ${stepLabels(plan, points, columns)}`);
  if (plan.header.stages.length > 1) {
    const names = placed(points, columns, (stage) => {
      const { name, extends: base = '' } = plan.header.stages[stage]!;
      return name.slice(base.length);
    });
    lines.push(`${axis('stage')} ${names}`);
  }
  if (legend.size > 1) lines.push('', ...wrap([...legend].map(([name, sign]) => `${sign} ${name}`)));
  return lines.join('\n');
}

/** A rate in at most two digits, for example `2e-4`. */
export function formatRate(rate: number): string {
  return rate === 0 ? '0' : Number(rate.toPrecision(2)).toExponential();
}

function drawRates(points: readonly PlanPoint[], most: number): string[] {
  const heights = points.map(({ learning_rate: rate }) =>
    rate > 0 ? Math.max(1, Math.round((rate / most) * rateLines * 8)) : 0,
  );
  return Array.from({ length: rateLines }, (_, line) =>
    heights.map((height) => eighths[Math.min(8, Math.max(0, height - 8 * (rateLines - 1 - line)))]).join(''),
  );
}

/** What a part is called in the legend: its name, or that of its stage where it is all of it. */
function partNames(plan: Plan, index: number): string[] {
  const stage = plan.header.stages[index]!;
  return partsOf(plan, stage).map(({ name }) => (name === 'all' ? (stage.extends ?? stage.name) : name));
}

function partSigns(plan: Plan): Map<string, string> {
  const names = new Set(plan.header.stages.flatMap((_, index) => partNames(plan, index)));
  const own = [...names].filter((name) => name !== 'replay');
  const legend = new Map(own.map((name, index) => [name, signs[index % signs.length]!]));
  if (names.has('replay')) legend.set('replay', replaySign);
  return legend;
}

function drawMix(plan: Plan, points: readonly PlanPoint[], legend: Map<string, string>): string[] {
  const columns = points.map(({ stage, shares }) => {
    const names = partNames(plan, stage);
    const cells = divide(shares, mixLines);
    return cells.flatMap((count, part) => Array<string>(count).fill(legend.get(names[part]!)!));
  });
  return Array.from({ length: mixLines }, (_, line) =>
    columns.map((column) => column[mixLines - 1 - line]).join(''),
  );
}

/** Whole cells in proportion to `shares`, largest remainders first; what is there has a cell if there are enough. */
function divide(shares: readonly number[], cells: number): number[] {
  const least = shares.map((share) => (share > 0 && shares.length <= cells ? 1 : 0));
  const given = shares.map((share, part) => Math.max(least[part]!, Math.floor(share * cells)));
  let left = cells - given.reduce((sum, count) => sum + count, 0);
  while (left !== 0) {
    const sign = Math.sign(left);
    const wishes = given.map((count, part) =>
      (sign > 0 ? shares[part]! > 0 : count > least[part]!)
        ? sign * (shares[part]! * cells - count)
        : Number.NEGATIVE_INFINITY,
    );
    given[wishes.indexOf(Math.max(...wishes))]! += sign;
    left -= sign;
  }
  return given;
}

/** First columns of the stages, each with the columns up to the next one. */
function beginnings(points: readonly PlanPoint[], columns: number): { column: number; room: number }[] {
  const begins = points.flatMap(({ stage }, column) => (stage === points[column - 1]?.stage ? [] : [column]));
  return begins.map((column, index) => ({ column, room: (begins[index + 1] ?? columns + 1) - column }));
}

/** Texts under the first columns of the stages, cut before the next one. */
function placed(points: readonly PlanPoint[], columns: number, text: (stage: number) => string): string {
  return beginnings(points, columns)
    .map(({ column, room }) =>
      text(points[column]!.stage)
        .slice(0, Math.max(1, room - 1))
        .padEnd(room),
    )
    .join('')
    .trimEnd();
}

/** The first steps of the stages, where they can be told apart, and the last step at the right end. */
function stepLabels(plan: Plan, points: readonly PlanPoint[], columns: number): string {
  const line = beginnings(points, columns)
    .map(({ column, room }) => {
      const step = String(points[column]!.first_step);
      return (step.length < room ? step : '').padEnd(room);
    })
    .join('')
    .trimEnd();
  const last = String(plan.header.totals.steps);
  return line.length + last.length < points.length ? line.padEnd(points.length - last.length) + last : line;
}

function wrap(entries: readonly string[]): string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const longer = lines.length > 0 ? `${lines.at(-1)}   ${entry}` : entry;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(entry.length > width ? `${entry.slice(0, width - 1)}…` : entry);
  }
  return lines;
}
