/**
 * `report.html` of a run.
 * @module
 */
import { join } from 'node:path';
import { writeFileAtomically } from '../../files.js';
import { readRunForReport } from './input.js';
import { renderPage } from './page.js';

/**
 * Writes `report.html` into a run folder: one self-contained page of what the folder holds, also while the run
 * goes on or where it was never evaluated.
 *
 * @returns path of the page
 * @throws AttuneError when the folder is no run or a file in it is broken
 */
export async function writeReport(runDirectory: string): Promise<string> {
  const file = join(runDirectory, 'report.html');
  await writeFileAtomically(file, await renderPage(await readRunForReport(runDirectory)));
  return file;
}
