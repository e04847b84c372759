/**
 * The charts of a data set's report.
 * @module
 */
import { draw, ink, muted, size, slot } from '../../page/drawing.js';
import type { Html } from '../../page/html.js';
import { type Split, splits } from '../example.js';
import { binStart, charactersPerToken, type LengthCounts } from '../lengths.js';

/** A bar of the funnel: items after a step. */
export interface FunnelBar {
  step: string;
  items: number;
}

const nameAxis = {
  title: null,
  domain: false,
  ticks: false,
  labelPadding: 10,
  labelColor: ink,
  labelLimit: 200,
} as const;

/** Items after each step, from what was read to what is trained on. */
export function funnelChart(bars: readonly FunnelBar[]): Promise<Html> {
  const order = bars.map(({ step }) => step);
  return draw('Items after each step; the table below has the figures.', (width) => ({
    data: { values: [...bars] },
    ...size(width, bars.length * 30 + 10),
    encoding: {
      y: { field: 'step', type: 'nominal', sort: order, scale: { paddingInner: 0.3 }, axis: nameAxis },
      x: { field: 'items', type: 'quantitative', axis: null },
    },
    layer: [
      { mark: { type: 'bar', color: slot(0), opacity: 0.85, cornerRadiusEnd: 3 } },
      {
        mark: { type: 'text', align: 'left', dx: 6, color: ink, fontSize: 12 },
        encoding: { text: { field: 'items', type: 'quantitative', format: ',' } },
      },
    ],
  }));
}

/** A piece of a bar of the length chart: lengths from `from` to `to`, examples stacked from `low` to `high`. */
interface LengthPiece {
  split: Split;
  from: number;
  to: number;
  low: number;
  high: number;
}

/** Lengths in tokens, estimated from characters, by split; common contexts as lines. */
export function lengthChart(lengths: LengthCounts): Promise<Html> {
  const pieces = lengthPieces(lengths);
  const longest = Math.max(...pieces.map(({ to }) => to), 1);
  const contexts = [512, 1024, 2048, 4096, 8192, 32768].filter((tokens) => tokens <= 2 * longest);
  return draw('Examples by estimated length in tokens and split.', (width) => ({
    ...size(width, 240),
    layer: [
      {
        data: { values: pieces },
        mark: { type: 'rect', opacity: 0.85 },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            scale: { type: 'log', base: 2, nice: false },
            axis: {
              title: 'tokens, estimated',
              grid: false,
              tickCount: width > 500 ? 8 : 4,
              format: ',.0f',
            },
          },
          x2: { field: 'to' },
          y: {
            field: 'low',
            type: 'quantitative',
            axis: { title: null, tickCount: 4, domain: false, ticks: false },
          },
          y2: { field: 'high' },
          color: {
            field: 'split',
            type: 'nominal',
            scale: { domain: [...splits], range: splits.map((_split, place) => slot(place)) },
            legend: null,
          },
        },
      },
      {
        data: { values: contexts.map((tokens) => ({ tokens })) },
        mark: { type: 'rule', color: muted, strokeDash: [3, 3] },
        encoding: { x: { field: 'tokens', type: 'quantitative' } },
      },
    ],
  }));
}

function lengthPieces({ bins }: LengthCounts): LengthPiece[] {
  const stacked = new Map<string, number>();
  return splits.flatMap((split) =>
    Object.entries(bins[split]).map(([bin, examples]) => {
      const low = stacked.get(bin) ?? 0;
      stacked.set(bin, low + examples);
      return {
        split,
        low,
        high: low + examples,
        from: binStart(Number(bin)) / charactersPerToken,
        to: binStart(Number(bin) + 1) / charactersPerToken,
      };
    }),
  );
}

/** A cell of the coverage map. */
export interface CoverageCell {
  aspect: string;
  task: string;
  examples: number;
}

/** Training examples by aspect and task. */
export function coverageChart(cells: readonly CoverageCell[], aspects: readonly string[]): Promise<Html> {
  return draw('Training examples by aspect of the domain and task.', (width) => ({
    data: { values: [...cells] },
    ...size(width, aspects.length * 30 + 90),
    encoding: {
      y: { field: 'aspect', type: 'nominal', sort: [...aspects], axis: nameAxis },
      x: {
        field: 'task',
        type: 'nominal',
        axis: { title: null, domain: false, ticks: false, labelAngle: -40, labelLimit: 110, labelColor: ink },
      },
    },
    layer: [
      {
        mark: { type: 'rect', color: slot(0), cornerRadius: 3 },
        encoding: {
          opacity: {
            field: 'examples',
            type: 'quantitative',
            scale: { type: 'sqrt', domainMin: 0, range: [0.04, 0.75] },
            legend: null,
          },
        },
      },
      ...(width > 500
        ? [
            {
              mark: { type: 'text' as const, color: ink, fontSize: 11 },
              encoding: { text: { field: 'examples', type: 'quantitative' as const, format: ',' } },
            },
          ]
        : []),
    ],
  }));
}
