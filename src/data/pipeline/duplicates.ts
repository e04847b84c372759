/**
 * Duplicates: found over all items at once, dropped where the next stage reads.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeFileAtomically, writeJson } from '../../files.js';
import { findDuplicates } from '../dedup/find-duplicates.js';
import { createDuplicateFilter, type DuplicateResult } from '../dedup/result.js';
import { type Item, itemText } from '../item.js';
import { readLines, writeLines } from '../stages/part.js';
import { reportOf, type StepReport } from '../stages/report.js';
import { endings } from '../stages/work.js';
import type { RemovedItem, StepSample } from '../step.js';
import { type Pipeline, stageKey, type View, type ViewPart } from './pipeline.js';
import { partLines, withCodes } from './view.js';

/** Raise it with every change that finds other duplicates. */
const version = 1;
const name = 'dedup';
const excerptCharacters = 200;

/** What was found, in figures. */
export interface DuplicateFigures {
  exact: number;
  near: number;
  clusters: number;
  /** Clusters by the number of their items, the kept one included. */
  sizes: Record<string, number>;
}

/** What dropping duplicates gave. */
export interface DuplicatesResult {
  view: View;
  directory: string;
  report: StepReport;
  figures: DuplicateFigures;
}

/** A line of `pairs.jsonl`: a removed item, the one that is kept, and how similar they are. */
export interface DuplicatePair {
  removed: string;
  kept: string;
  kind: 'exact' | 'near';
  similarity: number;
}

/** Files of the stage. */
export const duplicateFiles = { removed: 'removed.jsonl', pairs: 'pairs.jsonl' };

/**
 * Finds duplicates among the items of a view, or takes what was found before.
 *
 * @param exempt says which parts are left as they are
 */
export async function dropDuplicates(
  pipeline: Pipeline,
  view: View,
  exempt: (part: ViewPart) => boolean,
): Promise<DuplicatesResult> {
  const { settings, stageDirectory } = pipeline;
  const searched: View = { ...view, parts: view.parts.filter((part) => !exempt(part)) };
  const key = stageKey(name, version, view.key, settings.dedup);
  const directory = join(stageDirectory, `${name}-${key.slice(0, 16)}`);
  const path = (file: string): string => join(directory, file);
  // Written last: when it is there, everything is.
  const done = path('figures.json');
  if (!existsSync(done)) {
    await mkdir(directory, { recursive: true });
    const result = await findDuplicates(
      searched.parts.map(({ part }) => join(part.directory, `${part.name}${endings.items}`)),
      {
        settings: settings.dedup,
        workDirectory: directory,
        onProgress: pipeline.onProgress,
        signal: pipeline.signal,
      },
    );
    await writeFound(searched, result, path);
    await writeJson(done, describe(searched, result, await firstPairs(searched, result)));
  }
  const { figures, report } = await readJson<{ figures: DuplicateFigures; report: StepReport }>(done);
  return {
    view: {
      ...view,
      parts: withFound(view, withCodes(searched, await readFile(path('codes.bin')), key)),
      key,
    },
    directory,
    report,
    figures,
  };
}

/** The parts of a view, those that were searched with what was found. */
function withFound(view: View, searched: View): ViewPart[] {
  const found = new Map(searched.parts.map((entry) => [entry.part, entry]));
  return view.parts.map((entry) => found.get(entry.part) ?? entry);
}

async function writeFound(
  view: View,
  result: DuplicateResult,
  path: (file: string) => string,
): Promise<void> {
  const removed: RemovedItem[] = [];
  const pairs: DuplicatePair[] = [];
  const codes: number[] = [];
  for (const [index, part] of view.parts.entries()) {
    const duplicateAt = createDuplicateFilter(result, index);
    const lines = result.removed > 0 ? await partLines(part) : [];
    for (let line = 0; line < part.part.items; line++) {
      const duplicate = duplicateAt(line);
      codes.push(duplicate ? 0 : 255);
      if (!duplicate) continue;
      const { id, keptId, kind, similarity } = duplicate;
      const item = JSON.parse(lines[line]!) as Item;
      pairs.push({ removed: id, kept: keptId, kind, similarity });
      removed.push({
        id,
        source: item.source,
        step: name,
        reason: `${kind}_duplicate`,
        detail: kind === 'exact' ? `equal to ${keptId}` : `similarity ${similarity.toFixed(2)} to ${keptId}`,
        kept: keptId,
        excerpt: itemText(item).slice(0, excerptCharacters),
      });
    }
  }
  await writeLines(path(duplicateFiles.removed), removed);
  await writeLines(path(duplicateFiles.pairs), pairs);
  await writeFileAtomically(path('codes.bin'), Uint8Array.from(codes));
}

function describe(
  view: View,
  result: DuplicateResult,
  samples: StepSample[],
): { figures: DuplicateFigures; report: StepReport } {
  const { exact, near } = result;
  const sizes = result.clusterSizes();
  const all = view.parts.reduce((sum, { part }) => sum + part.items, 0);
  const report = reportOf(name, all, { items: [], removed: [], counts: {}, samples });
  return {
    figures: {
      exact,
      near,
      clusters: sizes.reduce((sum, { clusters }) => sum + clusters, 0),
      sizes: Object.fromEntries(sizes.map(({ size, clusters }) => [size, clusters])),
    },
    report: {
      ...report,
      items_out: all - exact - near,
      removed: {
        ...(exact > 0 ? { exact_duplicate: exact } : {}),
        ...(near > 0 ? { near_duplicate: near } : {}),
      },
    },
  };
}

/** The first near-duplicates beside what is kept, to be looked at. */
async function firstPairs(view: View, result: DuplicateResult): Promise<StepSample[]> {
  const samples: StepSample[] = [];
  for (const { id, part, line, kept, keptId, kind, similarity } of result.duplicates()) {
    if (kind !== 'near') continue;
    const text = async (position: { part: number; line: number }): Promise<string> => {
      const lines = await partLines(view.parts[position.part]!);
      return itemText(JSON.parse(lines[position.line]!) as Item).slice(0, 2 * excerptCharacters);
    };
    samples.push({
      rule: 'near_duplicate',
      id,
      before: await text({ part, line }),
      after: `${await text(kept)}\n\n(${keptId} is kept: similarity ${similarity.toFixed(2)})`,
    });
    if (samples.length === 3) break;
  }
  return samples;
}

/** The removed items that the search for duplicates listed. */
export function removedDuplicates(directory: string): Promise<RemovedItem[]> {
  return readLines<RemovedItem>(join(directory, duplicateFiles.removed));
}
