/**
 * After the split: training items are augmented, compared with what is held out, and assigned to aspects.
 * @module
 */

import { recordsSchema } from '../../recipe/data/records.js';
import { buildContaminationIndex, type ContaminationIndex } from '../contamination/contamination-index.js';
import { benchmarkItems, type HeldOutItem, heldOutItem } from '../contamination/held-out.js';
import { findFiles } from '../ingest/find-files.js';
import { readSourceFile } from '../ingest/read-source-file.js';
import type { Item } from '../item.js';
import type { Stage } from '../stages/stage.js';
import type { StepSpec } from '../stages/steps.js';
import { mapStage } from './map-stage.js';
import type { Pipeline, View } from './pipeline.js';
import { viewItems } from './view.js';

/** Raise it with every change that augments, finds or scores otherwise. */
const version = 1;

/** Runs the steps that need the splits. */
export async function finish(
  pipeline: Pipeline,
  view: View,
  benchmarkHashes: readonly string[],
): Promise<{ view: View; stage: Stage }> {
  const { settings, seed } = pipeline;
  const { augment, coverage, quality } = settings;
  const steps: StepSpec[] = [
    ...(augment.enabled ? [{ name: 'augment' as const, settings: augment, seed }] : []),
    {
      name: 'contamination',
      settings: settings.contamination,
      key: `${view.key} ${benchmarkHashes.join(' ')}`,
      shared: await heldOutIndex(pipeline, view),
    },
    { name: 'coverage', settings: coverage },
    { name: 'quality', settings: quality },
  ];
  return mapStage(pipeline, { name: 'finish', version, view, stepsOf: () => steps });
}

/** What training items are compared with: benchmarks, and the test split where that is wanted. */
async function heldOutIndex(
  { settings: { contamination }, baseDirectory, onProgress, signal }: Pipeline,
  view: View,
): Promise<ContaminationIndex> {
  const readItems = (path: string): AsyncIterable<Item> => benchmarkFile(path, baseDirectory, signal);
  async function* heldOut(): AsyncGenerator<HeldOutItem> {
    yield* benchmarkItems(contamination, readItems);
    if (!contamination.held_out) return;
    for await (const items of viewItems(view)) {
      signal?.throwIfAborted();
      for (const item of items) if (item.split === 'test') yield heldOutItem(item);
    }
  }
  return buildContaminationIndex(heldOut(), contamination, { onProgress, signal });
}

async function* benchmarkFile(
  path: string,
  baseDirectory: string,
  signal?: AbortSignal,
): AsyncGenerator<Item> {
  const source = recordsSchema.parse({ type: 'records', path });
  for (const found of await findFiles(path, baseDirectory)) {
    for await (const outcome of readSourceFile({ found, source }, signal)) {
      if ('item' in outcome) yield outcome.item;
    }
  }
}
