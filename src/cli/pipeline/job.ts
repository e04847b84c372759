/**
 * What a command asks the pipeline to do.
 * @module
 */
import { relative, resolve } from 'node:path';
import type { OnProgress } from '../../progress.js';
import type { Recipe } from '../../recipe/schema.js';

/** A recipe to be worked on, and how to report. */
export interface Job {
  /** Its paths are relative to the working directory. */
  recipe: Recipe;
  /** The command that goes on with this work after an interruption. */
  command: string;
  onProgress: OnProgress;
  /** Receives a line when a stage is done or was done before. */
  note(text: string): void;
  signal?: AbortSignal;
}

/** Where prepared data sets are kept, relative to the working directory. */
export const dataDirectory = 'data';

/** A stage's line: its name, what it gave, and whether it was done before. */
export function stageLine(stage: string, text: string, doneBefore = false): string {
  return `${stage.padEnd(9)} ${text}${doneBefore ? '  (done before)' : ''}`;
}

/** A path as the user would write it from the working directory. */
export function shownPath(path: string): string {
  const short = relative('.', resolve(path));
  return short.startsWith('..') ? path : short || '.';
}

/** The job's `onProgress`, and whether it was called: a stage that finds its result made before reports nothing. */
export function watchWork(job: Job): { onProgress: OnProgress; worked: () => boolean } {
  let called = false;
  return {
    onProgress: (progress) => {
      called = true;
      job.onProgress(progress);
    },
    worked: () => called,
  };
}
