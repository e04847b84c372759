/**
 * What the stages of the preparation share.
 * @module
 */
import { hashJson } from '../../files.js';
import type { OnProgress } from '../../progress.js';
import type { DataSettings } from '../../recipe/data.js';
import type { DataModel } from '../quality/data-model.js';
import type { Rehearser } from '../replay/rehearser.js';
import type { WorkPool } from '../stages/pool.js';
import type { Codes, Part } from '../stages/work.js';
import type { TeacherEstimate } from '../teacher/estimate.js';
import type { Teacher } from '../teacher/teacher.js';

/** What every stage is given. */
export interface Pipeline {
  settings: DataSettings;
  /** Folder that paths in the settings are relative to. */
  baseDirectory: string;
  /** Folder of this data's stages. */
  stageDirectory: string;
  seed: number;
  /** Stands for the secret of made-up personal data, where the settings name one. */
  secret?: string;
  pool: WorkPool;
  /** Folder where a teacher's answers are kept from run to run. */
  answerDirectory: string;
  /** Writes pairs, where the settings have a `teacher`. */
  teacher?: Teacher;
  /** Told before the first call of a teacher. */
  onEstimate?: (estimate: TeacherEstimate) => void;
  /** Gives the losses of the base model, where the settings ask for `quality.difficulty`. */
  model?: DataModel;
  /** Grades items, where the settings ask for `quality.judge`. */
  judge?: Teacher;
  /** Answers general prompts, where the sources have `replay`. */
  rehearser?: Rehearser;
  /** For a check: reading a file ends after so many records, and a file that cannot be read is a problem among others. */
  check?: { records: number };
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** A part, and what becomes of its items. */
export interface ViewPart {
  part: Part;
  /** Absent where every item goes on. */
  codes?: Codes;
  /** Index of the source in the recipe. */
  source: number;
}

/** The items at some point of the way: parts of one or several stages. */
export interface View {
  parts: ViewPart[];
  /** Hash of everything that decided them. */
  key: string;
  /** Characters of JSON, roughly: decides whether threads are worth it. */
  bytes: number;
}

/** Key of a stage: it changes with the input, the settings and the stage's own version. */
export function stageKey(name: string, version: number, input: string, settings: unknown): string {
  return hashJson([name, version, input, settings]);
}
