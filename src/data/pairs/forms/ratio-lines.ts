/**
 * Sentences of an analysis about margins, liquidity, leverage and returns.
 * @module
 */
import { figureText } from '../../tables/statement.js';
import type { Fact } from '../fact.js';
import { figure, inColumn, type TableView } from '../table-view.js';
import { type AnalysisLine, stated } from './analysis-line.js';
import { percentText, rounded } from './computed.js';
import {
  type FinancialRatio,
  financialRatios,
  type RatioTopic,
  ratioColumns,
  workingCapitalRows,
} from './financial-ratios.js';
import { rowWords } from './row-words.js';

const judgements: Partial<Record<RatioTopic, readonly [up: string, down: string]>> = {
  profitability: ['Profitability improved', 'Profitability weakened'],
  liquidity: ['Liquidity improved', 'Liquidity weakened'],
  return: ['Returns improved', 'Returns weakened'],
};

/** A ratio in its newest year, and in the year before where the table has it. */
function ratioLine(view: TableView, ratio: FinancialRatio): AnalysisLine | undefined {
  const [column, earlier] = ratioColumns(view, ratio.above, ratio.below);
  if (column === undefined) return undefined;
  const { above, below, name, percent } = ratio;
  const valueAt = (at: number): number => figure(view, above, at)! / figure(view, below, at)!;
  const said = (at: number): string | undefined =>
    percent ? percentText(valueAt(at)) : rounded(valueAt(at), 1000);
  const now = said(column);
  if (now === undefined) return undefined;
  const [a, b] = [rowWords(view, above), rowWords(view, below)];
  const figures = (at: number): [string, string] => [
    figureText(view.table, above, at),
    figureText(view.table, below, at),
  ];
  const cellsAt = (at: number): [number, number][] => [
    [above, at],
    [below, at],
  ];
  const statedAt = (at: number, value: string): Fact =>
    stated('stated_figure', value, cellsAt(at), view, { measure: name, in: inColumn(view, at) });
  const [x1, y1] = figures(column);
  const core = `${name} was ${now} ${inColumn(view, column)} (${a.name} of ${x1} over ${b.name} of ${y1})`;
  const before = earlier === undefined ? undefined : said(earlier);
  if (before === undefined || earlier === undefined) {
    return {
      kind: 'ratio',
      rows: [above, below],
      text: `${capital(core)}.`,
      cells: cellsAt(column),
      stated: [statedAt(column, now)],
    };
  }
  const [x0, y0] = figures(earlier);
  const judgement =
    before === now ? undefined : judgements[ratio.topic]?.[valueAt(column) > valueAt(earlier) ? 0 : 1];
  const compared = `compared with ${before} ${inColumn(view, earlier)} (${x0} over ${y0})`;
  return {
    kind: 'ratio',
    rows: [above, below],
    text: judgement ? `${judgement}: ${core}, ${compared}.` : `${capital(core)}, ${compared}.`,
    cells: [...cellsAt(column), ...cellsAt(earlier)],
    stated: [statedAt(column, now), statedAt(earlier, before)],
  };
}

/** Current assets less current liabilities in the newest year. */
function workingCapitalLine(view: TableView): AnalysisLine | undefined {
  const rows = workingCapitalRows(view);
  const column = rows && ratioColumns(view, rows.assets, rows.liabilities)[0];
  if (!rows || column === undefined) return undefined;
  const { assets, liabilities } = rows;
  const value = rounded(figure(view, assets, column)! - figure(view, liabilities, column)!);
  if (value === undefined) return undefined;
  const cells: Fact['cells'] = [
    [assets, column],
    [liabilities, column],
  ];
  const where = inColumn(view, column);
  const text = (row: number): string =>
    `${rowWords(view, row).within} of ${figureText(view.table, row, column)}`;
  return {
    kind: 'ratio',
    rows: [assets, liabilities],
    text: `Working capital was ${value} ${where}, with ${text(assets)} less ${text(liabilities)}.`,
    cells,
    stated: [stated('stated_figure', value, cells, view, { measure: 'working capital', in: where })],
  };
}

/** What the ratios that the table allows say, and its working capital. */
export function ratioLines(view: TableView): AnalysisLine[] {
  const lines = financialRatios(view).flatMap((ratio) => ratioLine(view, ratio) ?? []);
  return [...lines, workingCapitalLine(view) ?? []].flat();
}

function capital(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
