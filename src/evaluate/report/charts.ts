/**
 * The charts of the report.
 * @module
 */
import { draw, ink, muted, size, slot } from '../../page/drawing.js';
import type { Html } from '../../page/html.js';
import type { PlanSummary } from '../../train/plan-summary.js';
import type { Interval } from '../statistics/bootstrap.js';

/** One score in the chart of tasks. */
export interface ScorePoint {
  task: string;
  system: string;
  mean: number;
  interval: Interval;
}

/** A point of a curve. */
export interface CurvePoint {
  step: number;
  loss: number;
}

/**
 * Scores by task as dots with their intervals.
 *
 * @param systems from top to bottom within a task; the last is the one that the page is about
 */
export function scoreChart(scores: readonly ScorePoint[], systems: readonly string[]): Promise<Html> {
  const tasks = [...new Set(scores.map(({ task }) => task))];
  const colours = systems.map((_, index) => slot(systems.length - 1 - index));
  const values = scores.map(({ interval, ...score }) => ({ ...score, ...interval }));
  const description = `Scores of ${systems.join(', ')} by task, with intervals; the table below has the figures.`;
  return draw(description, (width) => ({
    data: { values },
    ...size(width, tasks.length * (systems.length * 11 + 14)),
    encoding: {
      y: {
        field: 'task',
        type: 'nominal',
        scale: { domain: tasks, paddingInner: 0.35, paddingOuter: 0.2 },
        axis: {
          title: null,
          domain: false,
          ticks: false,
          labelPadding: 10,
          labelColor: ink,
          labelLimit: 200,
        },
      },
      yOffset: { field: 'system', scale: { domain: [...systems] } },
      color: {
        field: 'system',
        type: 'nominal',
        scale: { domain: [...systems], range: colours },
        legend: null,
      },
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, opacity: 0.55, strokeCap: 'round' },
        encoding: {
          x: {
            field: 'low',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            axis: {
              title: null,
              format: '.0%',
              tickCount: width > 500 ? 10 : 2,
              domain: false,
              ticks: false,
            },
          },
          x2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 52, opacity: 1 },
        encoding: { x: { field: 'mean', type: 'quantitative' } },
      },
    ],
  }));
}

/** Training loss, as it was and smoothed, and the loss on rows that were not trained on. */
export function lossChart(curves: {
  training: readonly CurvePoint[];
  smoothed: readonly CurvePoint[];
  evaluation: readonly CurvePoint[];
}): Promise<Html> {
  const position = (width: number) =>
    ({
      x: {
        field: 'step',
        type: 'quantitative',
        scale: { nice: false },
        axis: { title: 'optimizer step', grid: false, tickCount: width > 500 ? 8 : 4, tickMinStep: 1 },
      },
      y: {
        field: 'loss',
        type: 'quantitative',
        scale: { zero: true },
        axis: { title: null, tickCount: 5, domain: false, ticks: false },
      },
    }) as const;
  return draw('Loss by optimizer step: training, training smoothed, held-out rows.', (width) => ({
    ...size(width, width > 500 ? 260 : 220),
    encoding: position(width),
    layer: [
      {
        data: { values: [...curves.training] },
        mark: { type: 'line', color: muted, strokeWidth: 1, opacity: 0.45 },
      },
      { data: { values: [...curves.smoothed] }, mark: { type: 'line', color: muted, strokeWidth: 2 } },
      {
        data: { values: [...curves.evaluation] },
        mark: {
          type: 'line',
          color: slot(0),
          strokeWidth: 2,
          point: { filled: true, size: 44, color: slot(0) },
        },
      },
    ],
  }));
}

/** Learning rate and, below it, the shares of the mix along the steps; rules stand between the stages. */
export function planChart({ points, stages }: PlanSummary): Promise<Html> {
  const rates = points.map(({ first_step, learning_rate }) => ({ step: first_step, rate: learning_rate }));
  const names = [...new Set(stages.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const shares = points.flatMap(({ first_step, last_step, stage, shares: values }) =>
    stages[stage]!.parts.map(({ name }, part) => {
      const bottom = values.slice(0, part).reduce((sum, share) => sum + share, 0);
      return { from: first_step, to: last_step + 1, part: name, bottom, top: bottom + values[part]! };
    }),
  );
  const last = points.at(-1)!.last_step;
  // A name needs room: a short stage has only its rule.
  const borders = stages.map(({ first_step, name, steps }) => ({
    step: first_step,
    name: steps > last / 10 ? name : '',
  }));
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { nice: false, domain: [1, Math.max(2, last + 1)] },
  });
  const description = `Learning rate and mix by optimizer step, in ${stages.length} stages: ${stages.map(({ name }) => name).join(', ')}.`;
  return draw(description, (width) => ({
    spacing: 12,
    vconcat: [
      {
        width: width - 70,
        height: 110,
        encoding: { x: { ...x('step'), axis: null } },
        layer: [
          {
            data: { values: borders },
            mark: { type: 'rule', color: muted, strokeDash: [2, 3] },
          },
          {
            data: { values: width > 500 ? borders : [] },
            mark: { type: 'text', align: 'left', baseline: 'top', dx: 4, y: 0, color: ink, fontSize: 12 },
            encoding: { text: { field: 'name' } },
          },
          {
            data: { values: rates },
            mark: { type: 'line', color: slot(0), strokeWidth: 2, interpolate: 'step-after' },
            encoding: {
              y: {
                field: 'rate',
                type: 'quantitative',
                axis: { title: 'learning rate', format: '.0e', tickCount: 3, domain: false, ticks: false },
              },
            },
          },
        ],
      },
      {
        width: width - 70,
        height: 90,
        data: { values: shares },
        mark: 'rect',
        encoding: {
          x: {
            ...x('from'),
            axis: { title: 'optimizer step', grid: false, tickCount: width > 500 ? 8 : 4, tickMinStep: 1 },
          },
          x2: { field: 'to' },
          y: {
            field: 'bottom',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            axis: { title: 'mix', format: '.0%', tickCount: 2, domain: false, ticks: false },
          },
          y2: { field: 'top' },
          color: {
            field: 'part',
            type: 'nominal',
            scale: { domain: names, range: names.map((_, place) => slot(place)) },
            legend: {
              title: null,
              orient: 'bottom',
              labelColor: ink,
              labelFontSize: 12,
              columns: width > 500 ? 6 : 2,
            },
          },
        },
      },
    ],
  }));
}
