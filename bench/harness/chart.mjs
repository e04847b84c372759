/**
 * Charts of figures as SVG, for the documentation.
 * @module
 */
import { parse, View } from 'vega';
import { compile } from 'vega-lite';

const ink = '#1d1c1a';
const muted = '#6d6a63';
const colours = ['#0b7a6b', '#b0aca2', '#c2703d', '#4c6a9c'];

const axis = { gridColor: '#e4e1d9', domain: false, ticks: false, labelColor: muted, titleColor: muted };

/**
 * @typedef {object} Chart figures of one measure of one cell as bars, with lines from the lowest to the highest round
 * @property {string} title with the unit
 * @property {string} cell
 * @property {string} measure
 * @property {number} [divisor] of the values; default 1
 */

/**
 * Draws bar charts beside each other.
 *
 * @param {Chart[]} charts
 * @param {import('./figures.mjs').Figure[]} figures
 */
export function drawCharts(charts, figures) {
  const panels = charts.map(({ title, cell, measure, divisor = 1 }) =>
    bars(
      title,
      figures
        .filter((one) => one.cell === cell && one.measure === measure)
        .map(({ side, median, lowest, highest }) => ({
          side,
          who: side.startsWith('attune') ? 'Attune' : 'others',
          median: median / divisor,
          lowest: lowest / divisor,
          highest: highest / divisor,
        })),
    ),
  );
  return draw({ concat: panels, columns: 2 });
}

const bars = (title, values) => ({
  title: { text: title, anchor: 'start', color: ink, fontSize: 12 },
  width: 300,
  height: { step: 24 },
  data: { values },
  encoding: {
    y: { field: 'side', type: 'nominal', sort: null, axis: { ...axis, title: null, labelLimit: 200 } },
    x: { field: 'median', type: 'quantitative', axis: { ...axis, title: null, tickCount: 4 } },
  },
  layer: [
    {
      mark: { type: 'bar', height: 14 },
      encoding: {
        color: {
          field: 'who',
          type: 'nominal',
          scale: { domain: ['Attune', 'others'], range: colours },
          legend: null,
        },
      },
    },
    {
      mark: { type: 'rule', color: ink },
      encoding: { x: { field: 'lowest', type: 'quantitative' }, x2: { field: 'highest' } },
    },
    {
      mark: { type: 'text', align: 'left', dx: 6, color: ink, fontSize: 11 },
      encoding: {
        x: { field: 'highest', type: 'quantitative' },
        text: { field: 'median', type: 'quantitative', format: '.3~s' },
      },
    },
  ],
});

/**
 * One line for each series, with points.
 *
 * @param {{ title: string; x: string; y: string; values: { x: number; y: number; series: string }[]; logarithmic?: boolean }[]} panels
 */
export function drawLines(panels) {
  return draw({
    hconcat: panels.map(({ title, x, y, values, logarithmic = false }) => ({
      title: { text: title, anchor: 'start', color: ink, fontSize: 12 },
      width: 330,
      height: 230,
      data: { values },
      mark: { type: 'line', point: { filled: true, size: 50 }, strokeWidth: 2 },
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          scale: { type: 'log' },
          axis: {
            ...axis,
            title: x,
            grid: false,
            format: '~s',
            values: [...new Set(values.map((value) => value.x))],
            labelOverlap: true,
          },
        },
        y: {
          field: 'y',
          type: 'quantitative',
          scale: { type: logarithmic ? 'log' : 'linear' },
          axis: { ...axis, title: y, tickCount: 5, format: '~s' },
        },
        color: {
          field: 'series',
          type: 'nominal',
          sort: null,
          scale: { range: colours },
          legend: { title: null, labelColor: muted, orient: 'bottom' },
        },
      },
    })),
    resolve: { scale: { color: 'independent' } },
  });
}

async function draw(content) {
  const { spec } = compile({
    background: '#fbfaf7',
    padding: 16,
    config: { view: { stroke: null }, font: 'system-ui, sans-serif', axis: { titleFontWeight: 'normal' } },
    ...content,
  });
  const view = new View(parse(spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
