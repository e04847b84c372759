/**
 * Which items stay in the data set: quotas, a selection by score and diversity, and the limits of the recipe.
 * @module
 */
import type { CoverageSettings } from '../../recipe/data/coverage.js';
import type { Split } from '../example.js';
import { itemText } from '../item.js';
import { limitItems } from '../limit.js';
import { embedTexts, IdfCounter } from '../quality/embedding.js';
import { selectItems } from '../quality/selection.js';
import type { SelectionEffect } from '../quality/selection-effect.js';
import type { Row } from '../stages/part.js';
import type { StepReport } from '../stages/report.js';
import { undecided } from '../stages/work.js';
import type { RemovedItem } from '../step.js';
import type { Pipeline, View } from './pipeline.js';
import { viewItems, viewRows, withCodes } from './view.js';

/** Training items for which vectors are made, a kilobyte each; in larger sets tasks stand in for diversity. */
const mostVectors = 200_000;

/** What a selection left. */
export interface Selected {
  view: View;
  rows: Row[];
  removed: RemovedItem[];
  /** Absent where the recipe asks for no selection. */
  effect?: SelectionEffect;
  report?: StepReport;
}

/** Keeps what quotas, selection and limits leave. */
export async function select(pipeline: Pipeline, view: View): Promise<Selected> {
  const { settings, seed } = pipeline;
  const rows = (await viewRows(view)) as (Row & { split: Split })[];
  const chosen = await choose(pipeline, view, rows);
  const open = chosen ? rows.filter((_row, index) => chosen.keep[index] === 1) : rows;
  const kept = limitItems(open, settings.limits, seed);
  const removed = rows.flatMap((row, index): RemovedItem[] => {
    if (kept.has(row)) return [];
    const reason = chosen && chosen.keep[index] !== 1 ? 'not_selected' : 'limit';
    return [{ id: row.id, source: row.file, step: 'select', reason }];
  });
  if (removed.length === 0) return { view, rows, removed, ...(chosen ? { effect: chosen.effect } : {}) };
  const codes = Uint8Array.from(rows, (row) => (kept.has(row) ? undecided : 0));
  return {
    view: withCodes(view, codes, view.key),
    rows: rows.filter((row) => kept.has(row)),
    removed,
    ...(chosen ? { effect: chosen.effect } : {}),
    report: {
      step: 'select',
      items_in: rows.length,
      items_out: kept.size,
      changed: {},
      removed: countReasons(removed),
      samples: [],
    },
  };
}

async function choose(
  { settings, seed }: Pipeline,
  view: View,
  rows: readonly (Row & { split: Split })[],
): Promise<{ keep: Uint8Array; effect: SelectionEffect } | undefined> {
  const { coverage, quality } = settings;
  if (!isAsked(coverage, quality.selection.max_items)) return undefined;
  const vectors = await vectorsOf(view, rows);
  return selectItems(
    rows.map((row, index) => ({
      index,
      split: row.split,
      group: row.group,
      task: row.task,
      aspects: row.aspects ?? [],
      scores: row.scores ?? {},
      vector: vectors?.[index],
    })),
    { selection: quality.selection, coverage },
    seed,
  );
}

/** Whether the recipe wants fewer items than there are, or certain shares. */
function isAsked({ aspects, min_edge_share, min_hard_share }: CoverageSettings, most?: number): boolean {
  return (
    most !== undefined ||
    min_edge_share > 0 ||
    min_hard_share > 0 ||
    aspects.some(({ max_share }) => max_share < 1)
  );
}

/** A vector for each training item, from its words weighted by their rarity; undefined where there are too many. */
async function vectorsOf(
  view: View,
  rows: readonly { split: Split }[],
): Promise<(Float32Array | undefined)[] | undefined> {
  const trained = rows.filter(({ split }) => split === 'train').length;
  if (trained > mostVectors) return undefined;
  const counter = new IdfCounter();
  for await (const items of viewItems(view)) {
    for (const item of items) if (item.split === 'train') counter.add(itemText(item));
  }
  const idf = counter.finish();
  const vectors: (Float32Array | undefined)[] = [];
  for await (const items of viewItems(view)) {
    for (const item of items) {
      vectors.push(item.split === 'train' ? embedTexts([itemText(item)], idf)[0] : undefined);
    }
  }
  return vectors;
}

function countReasons(removed: readonly RemovedItem[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { reason } of removed) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
