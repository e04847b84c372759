/**
 * Time and memory over the number of documents, as an SVG for the documentation.
 * @module
 */
import { parse, View } from 'vega';
import { compile } from 'vega-lite';

const axis = {
  gridColor: '#e4e1d9',
  domain: false,
  ticks: false,
  labelColor: '#6d6a63',
  titleColor: '#6d6a63',
  titleFontWeight: 'normal',
};

const panel = (title, field, format, values) => ({
  width: 330,
  height: 230,
  data: { values },
  encoding: {
    x: {
      field: 'documents',
      type: 'quantitative',
      scale: { type: 'log' },
      axis: {
        ...axis,
        title: 'documents',
        grid: false,
        format: '~s',
        values: values.map(({ documents }) => documents),
      },
    },
    y: {
      field,
      type: 'quantitative',
      scale: { type: field === 'seconds' ? 'log' : 'linear' },
      axis: { ...axis, title, tickCount: 5, format },
    },
  },
  layer: [
    { mark: { type: 'line', color: '#0b7a6b', strokeWidth: 2 } },
    { mark: { type: 'point', filled: true, size: 50, color: '#0b7a6b', opacity: 1 } },
    {
      mark: { type: 'text', dy: -12, color: '#1d1c1a', fontSize: 11 },
      encoding: { text: { field, type: 'quantitative', format } },
    },
  ],
});

/** @param {{ documents: number; seconds: number; peak_memory_bytes: number }[]} measured */
export async function plot(measured) {
  const values = measured.map(({ documents, seconds, peak_memory_bytes }) => ({
    documents,
    seconds,
    gigabytes: peak_memory_bytes / 1e9,
  }));
  const { spec } = compile({
    background: '#fbfaf7',
    padding: 16,
    config: { view: { stroke: null }, font: 'system-ui, sans-serif' },
    hconcat: [
      panel('seconds', 'seconds', ',.0f', values),
      panel('peak memory, GB', 'gigabytes', '.2f', values),
    ],
  });
  const view = new View(parse(spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
