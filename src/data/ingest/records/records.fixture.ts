/**
 * Writes a file of records and reads it back.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordsSchema } from '../../../recipe/data/records.js';
import type { Item } from '../../item.js';
import { findFiles } from '../find-files.js';
import { type ReadRecordsOptions, type Rejected, readRecordFile } from './read-records.js';

/** What a file gave, apart. */
export interface Outcomes {
  items: Item[];
  rejected: Rejected[];
  formats: string[];
  unusedAnswers: number;
}

/** Settings of a source with some of its own. */
export const recordsSettings = (more: object = {}) =>
  recordsSchema.parse({ type: 'records', path: 'unused', ...more });

/** Reads a file that is there. */
export async function readAll(
  file: string,
  settings: object = {},
  options: ReadRecordsOptions = {},
): Promise<Outcomes> {
  const outcomes: Outcomes = { items: [], rejected: [], formats: [], unusedAnswers: 0 };
  const [found] = await findFiles(file, '');
  for await (const outcome of readRecordFile(found!, recordsSettings(settings), options)) {
    if ('rejected' in outcome) outcomes.rejected.push(outcome.rejected);
    else {
      outcomes.items.push(outcome.item);
      outcomes.formats.push(outcome.format);
      outcomes.unusedAnswers += outcome.unusedAnswers;
    }
  }
  return outcomes;
}

/** Writes a file into `directory` and reads it. */
export async function writeAndRead(
  directory: string,
  name: string,
  content: string | Uint8Array,
  settings: object = {},
): Promise<Outcomes> {
  const file = join(directory, name);
  await writeFile(file, content);
  return readAll(file, settings);
}
