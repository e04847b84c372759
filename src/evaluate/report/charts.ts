/**
 * The charts of the report.
 * @module
 */
import { draw, ink, muted, size, slot } from '../../page/drawing.js';
import type { Html } from '../../page/html.js';
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
