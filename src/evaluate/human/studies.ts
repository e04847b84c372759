/**
 * The studies of a run folder, and what raters chose in them.
 * @module
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../files.js';
import type { PeopleOutcome } from '../judge/agreement.js';
import { countedDecisions, preferenceOf } from './counted.js';
import { openStudy } from './study-file.js';

/** Folders of all studies of a run, by name. */
export async function listStudies(runDirectory: string): Promise<string[]> {
  const folder = join(runDirectory, 'human');
  if (!existsSync(folder)) return [];
  const names = await readdir(folder).catch((error) => {
    throw fileError(error, folder);
  });
  return names
    .sort()
    .map((name) => join(folder, name))
    .filter((directory) => existsSync(join(directory, 'study.json')));
}

/** Every choice between two systems; none of a study by rubric. */
export async function studyOutcomes(directory: string): Promise<PeopleOutcome[]> {
  const study = await openStudy(directory);
  return (await countedDecisions(study, directory)).flatMap((decision) => {
    const preference = preferenceOf(decision, study.systems);
    return preference ? [{ id: decision.item.id, ...preference }] : [];
  });
}
