/**
 * A study: which answers people judge, in which form, and what each rater is asked in which order. It is drawn once and
 * kept with its texts, so that it stays what the raters saw when systems answer again.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import { AttuneError } from '../../errors.js';
import { writeJson } from '../../files.js';
import { type HumanStudyInput, humanStudySchema } from '../../recipe/evaluation/human.js';
import { studyAnswers } from './answers.js';
import { assign } from './assignments.js';
import { drawEvenly } from './draw.js';
import { openStudy, type Study } from './study-file.js';

export { openStudy, type Study } from './study-file.js';

/** What {@link createStudy} needs. */
export interface CreateStudyOptions {
  /** Run folder with `evaluation/<benchmark>/<system>.jsonl`. */
  runDirectory: string;
  /** Short name; the study lies in `human/<name>/` of the run folder. */
  name: string;
  settings: HumanStudyInput;
  /** Decides items, order and sides. */
  seed: number;
}

/** Folder of a study in a run folder. */
export function studyDirectory(runDirectory: string, name: string): string {
  return join(runDirectory, 'human', name);
}

/**
 * Draws a study and writes `human/<name>/study.json`. The same answers, settings and seed give the same study, so
 * calling it again changes nothing.
 *
 * @throws AttuneError for settings that do not hold, systems or answers that are missing, and when another study
 * of this name exists: its ratings would no longer fit
 */
export async function createStudy({
  runDirectory,
  name,
  settings,
  seed,
}: CreateStudyOptions): Promise<Study> {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) {
    throw new AttuneError(`\`${name}\` cannot name a study`, {
      field: 'name',
      fix: 'use lower-case letters, digits, dots, dashes and underscores',
    });
  }
  const parsed = humanStudySchema.safeParse(settings);
  if (!parsed.success) throw settingsError(parsed.error);
  const { form, criteria, instructions, overlap, raters, items: most } = parsed.data;
  const answers = await studyAnswers(runDirectory, parsed.data);
  const items = drawEvenly(answers.items, most, seed);
  const study: Study = {
    version: 1,
    name,
    benchmark: answers.benchmark,
    form,
    systems: answers.systems,
    criteria: form === 'rubric' ? criteria : [],
    instructions,
    overlap,
    seed,
    items,
    raters: assign({ form, systems: answers.systems, items, raters, overlap, seed }),
  };
  await store(studyDirectory(runDirectory, name), study);
  return study;
}

async function store(directory: string, study: Study): Promise<void> {
  const file = join(directory, 'study.json');
  if (existsSync(file)) {
    if (JSON.stringify(await openStudy(directory)) === JSON.stringify(study)) return;
    throw new AttuneError('another study of this name exists; its ratings would not fit this one', {
      file,
      fix: 'take another name, or delete the folder together with its ratings',
    });
  }
  await mkdir(join(directory, 'ratings'), { recursive: true });
  await writeJson(file, study);
}

function settingsError(error: z.ZodError): AttuneError {
  const issue = error.issues[0]!;
  const field = issue.path.join('.');
  return new AttuneError(`${field || 'the study'}: ${issue.message}`, {
    field,
    fix: 'correct this setting of the study',
  });
}
