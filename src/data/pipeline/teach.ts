/**
 * A teacher writes pairs about the passages of documents, where the recipe asks for it.
 * @module
 */

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashJson, readJson, writeJson } from '../../files.js';
import type { Item } from '../item.js';
import { makePassages, type Passage } from '../pairs/documents/passages.js';
import { partLimits, readLines, writeLines } from '../stages/part.js';
import type { StepReport } from '../stages/report.js';
import { type Part, writePart } from '../stages/work.js';
import type { RemovedItem } from '../step.js';
import { estimateTeacherCost } from '../teacher/estimate.js';
import { makeTeacherPairs, type TeacherFigures } from '../teacher/make-teacher-pairs.js';
import { type Pipeline, stageKey, type View, type ViewPart } from './pipeline.js';
import type { SourceFiles } from './sources.js';
import { viewItems } from './view.js';

/** Raise it with every change that makes other items from the same answers. */
const version = 1;
const removedFile = 'removed.jsonl';

/** What a teacher gave. */
export interface Taught {
  parts: ViewPart[];
  key: string;
  directory: string;
  report: StepReport;
  figures: TeacherFigures;
}

/**
 * Asks the pipeline's teacher about every passage of the documents of a view. What is asked and what it may cost is
 * told before the first call. Answers are kept as they come, so that a stopped run goes on; where some requests failed,
 * the rest is used and the next run asks them again.
 *
 * @throws AttuneError when too many requests fail one after the other
 */
export async function teach(
  pipeline: Pipeline,
  view: View,
  sources: readonly SourceFiles[],
): Promise<Taught | undefined> {
  const { settings, teacher, stageDirectory, answerDirectory, seed, onProgress, signal } = pipeline;
  if (!settings.teacher || !teacher) return undefined;
  const key = stageKey('teacher', version, view.key, [settings.teacher, teacher.hash, seed]);
  const directory = join(stageDirectory, `teacher-${key.slice(0, 16)}`);
  const done = join(directory, 'done.json');
  if (existsSync(done)) return { ...(await readJson<Omit<Taught, 'directory'>>(done)), directory };

  const { passages, sourceOf } = await passagesOf(view, sources);
  const options = { seed, cacheDirectory: answerDirectory };
  pipeline.onEstimate?.(await estimateTeacherCost(passages, settings.teacher, { ...options, teacher }));
  const { items, rejected, figures } = await makeTeacherPairs(passages, teacher, settings.teacher, {
    ...options,
    onProgress,
    signal,
  });
  await mkdir(directory, { recursive: true });
  const parts = await writeParts(directory, items, sourceOf);
  const byId = new Map(passages.map((passage) => [passage.id, passage]));
  await writeLines(
    join(directory, removedFile),
    rejected.map(
      ({ id, reason, detail }): RemovedItem => ({
        id,
        source: byId.get(id.slice(0, id.lastIndexOf('-teacher-')))?.source ?? id,
        step: 'teacher',
        reason,
        detail,
      }),
    ),
  );
  const report: StepReport = {
    step: 'teacher',
    items_in: figures.asked,
    items_out: items.length,
    changed: Object.fromEntries(
      Object.entries(figures.byTask).map(([task, { accepted }]) => [task, accepted]),
    ),
    removed: { ...figures.rejected, ...(figures.failed > 0 ? { not_answered: figures.failed } : {}) },
    samples: [],
  };
  const taught = { parts, key: hashJson([key, items.map(({ id }) => id)]), report, figures };
  // With requests unanswered the stage is not done: the next run asks them again.
  if (figures.failed === 0) await writeJson(done, taught);
  return { ...taught, directory };
}

/** Replies that did not become pairs. */
export function rejectedReplies({ directory }: Taught): Promise<RemovedItem[]> {
  return readLines<RemovedItem>(join(directory, removedFile));
}

async function passagesOf(
  view: View,
  sources: readonly SourceFiles[],
): Promise<{ passages: Passage[]; sourceOf: Map<string, number> }> {
  const passages: Passage[] = [];
  const sourceOf = new Map<string, number>();
  for (const part of view.parts) {
    const settings = sources[part.source]!.source;
    if (settings.type !== 'documents') continue;
    for await (const items of viewItems({ ...view, parts: [part] })) {
      for (const item of items) {
        if (!item.blocks) continue;
        sourceOf.set(item.group, part.source);
        passages.push(...makePassages(item, settings.pairs));
      }
    }
  }
  return { passages, sourceOf };
}

async function writeParts(
  directory: string,
  items: readonly Item[],
  sourceOf: ReadonlyMap<string, number>,
): Promise<ViewPart[]> {
  const parts: ViewPart[] = [];
  const bySource = new Map<number, Item[]>();
  for (const item of items) {
    const source = sourceOf.get(item.group)!;
    bySource.set(source, [...(bySource.get(source) ?? []), item]);
  }
  for (const [source, own] of bySource) {
    for (let start = 0; start < own.length; start += partLimits.items) {
      const some = own.slice(start, start + partLimits.items);
      const part: Part = { directory, name: `${source}-taught-${parts.length}`, items: some.length };
      await writePart(directory, part.name, some);
      parts.push({ part, source });
    }
  }
  return parts;
}
