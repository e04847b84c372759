/**
 * Stages that take every part through the same steps.
 * @module
 */
import { runStage, type Stage } from '../stages/stage.js';
import { type StepSpec, stepKey } from '../stages/steps.js';
import { type Pipeline, stageKey, type View, type ViewPart } from './pipeline.js';

/** A stage of steps. */
export interface MapStageOptions {
  /** Name of the stage, of its folder and of its progress. */
  name: string;
  version: number;
  view: View;
  /** The steps of a part; parts of different sources may have different ones. */
  stepsOf: (part: ViewPart) => readonly StepSpec[];
  /** Parts that the stage leaves as they are. */
  skip?: (part: ViewPart) => boolean;
}

/** Runs the steps over every part of a view; the new view's parts stand in the places of the old ones. */
export async function mapStage(
  { stageDirectory, pool, onProgress }: Pipeline,
  { name, version, view, stepsOf, skip }: MapStageOptions,
): Promise<{ view: View; stage: Stage }> {
  const worked = view.parts.filter((part) => !skip?.(part));
  const stepKeys = new Map<number, readonly string[]>();
  for (const part of worked) {
    if (!stepKeys.has(part.source)) stepKeys.set(part.source, stepsOf(part).map(stepKey));
  }
  const key = stageKey(name, version, view.key, [...stepKeys]);
  const stage = await runStage({
    name,
    key,
    cacheDirectory: stageDirectory,
    jobs: worked.map((part) => ({
      name: part.part.name,
      input: { part: part.part, codes: part.codes },
      steps: stepsOf(part),
    })),
    bytes: view.bytes,
    phase: name,
    unit: 'parts',
    pool,
    onProgress,
  });
  let next = 0;
  const parts = view.parts.map((part): ViewPart => {
    if (skip?.(part)) return part;
    return { part: stage.parts[next++]!, source: part.source };
  });
  return { view: { parts, key, bytes: view.bytes }, stage };
}
