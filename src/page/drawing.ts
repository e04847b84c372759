/**
 * Charts as SVG, made by Vega on the server and coloured by the page: every colour in a chart is a slot
 * that becomes a CSS variable, so that one drawing serves light and dark.
 * @module
 */
import { parse, resetSVGDefIds, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { Html } from './html.js';

/** Slot colours; `#00a10n` stands for the nth of {@link variables}. */
export const ink = '#00a100';
export const muted = '#00a101';
const rule = '#00a102';
const variables = ['--ink', '--muted', '--rule', '--series-0', '--series-1', '--series-2', '--series-3'];

/** Colour of the series at `place`; 0 is the one that the page is about. */
export const slot = (place: number): string => `#00a10${3 + Math.min(place, 3)}`;

/** Widths in pixels that every chart is drawn for; the page shows the one that fits. */
const widths = { wide: 788, narrow: 340 };

/** Size of a chart, its axes included. */
export const size = (width: number, height: number) =>
  ({ width, height, autosize: { type: 'fit', contains: 'padding' } }) as const;

/** Draws one chart in both widths; `description` is for those who can't see it. */
export async function draw(description: string, spec: (width: number) => object): Promise<Html> {
  const drawings: string[] = [];
  for (const [name, width] of Object.entries(widths)) {
    const compiled = compile({ ...spec(width), background: 'transparent', config } as TopLevelSpec).spec;
    // Ids are counted through the process; equal charts shall give equal bytes.
    resetSVGDefIds();
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
