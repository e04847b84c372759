/**
 * Charts as SVG, made by Vega on the server and coloured by the page: every colour in a chart is a slot
 * that becomes a CSS variable, so that one drawing serves light and dark.
 * @module
 */
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Interval } from '../statistics/bootstrap.js';
import { Html } from './html.js';

/** Slot colours; `#00a10n` stands for the nth of {@link variables}. */
const ink = '#00a100';
const muted = '#00a101';
const rule = '#00a102';
const variables = ['--ink', '--muted', '--rule', '--series-0', '--series-1', '--series-2', '--series-3'];

/** Colour of the system at `place`, counted from the last one, which the page is about. */
const slot = (place: number): string => `#00a10${3 + Math.min(place, 3)}`;

/** Widths in pixels that every chart is drawn for; the page shows the one that fits. */
const widths = { wide: 788, narrow: 340 };

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

const size = (width: number, height: number) =>
  ({ width, height, autosize: { type: 'fit', contains: 'padding' } }) as const;

/** Draws one chart in both widths. */
async function draw(description: string, spec: (width: number) => object): Promise<Html> {
  const drawings: string[] = [];
  for (const [name, width] of Object.entries(widths)) {
    const compiled = compile({ ...spec(width), background: 'transparent', config } as TopLevelSpec).spec;
    const view = new View(parse(compiled), { renderer: 'none' });
    try {
      drawings.push(restyle(await view.toSVG(), name, description));
    } finally {
      view.finalize();
    }
  }
  return new Html(drawings.join(''));
}

const config = {
  view: { stroke: null },
  axis: {
    labelColor: muted,
    titleColor: muted,
    titleFontWeight: 'normal',
    gridColor: rule,
    domainColor: rule,
    tickColor: rule,
    labelFontSize: 12,
    titleFontSize: 12,
    labelPadding: 6,
  },
} as const;

/** Lets the page decide size, font and colours, and names the chart for those who can't see it. */
function restyle(svg: string, name: string, description: string): string {
  return svg
    .replace(/<svg([^>]*)>/, (_tag, attributes: string) => {
      const viewBox = /viewBox="[^"]*"/.exec(attributes)?.[0] ?? '';
      const maximum = /width="(\d+)/.exec(attributes)?.[1] ?? '';
      return `<svg xmlns="http://www.w3.org/2000/svg" class="chart chart-${name}" ${viewBox} role="img" aria-label="${description.replace(/[&<>"]/g, ' ')}" style="max-width:${maximum}px">`;
    })
    .replace(/ font-family="[^"]*"/g, '')
    .replace(/"#00a10(\d)"/g, (_colour, index: string) => `"var(${variables[Number(index)]})"`);
}
