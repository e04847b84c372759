/**
 * The whole page from its sections.
 * @module
 */
import { dateTime } from '../../page/format.js';
import { renderShell } from '../../page/shell.js';
import type { ReportInput } from './input.js';
import { script } from './script.js';
import { answerSections } from './sections/answers.js';
import { dataSection } from './sections/data.js';
import { expertSections } from './sections/experts.js';
import { judgeSections } from './sections/judge.js';
import { peopleSections } from './sections/people.js';
import { runSection } from './sections/run.js';
import { scoreSections } from './sections/scores.js';
import { stagesSection } from './sections/stages.js';
import { trainingSection } from './sections/training.js';
import { verdictSection } from './sections/verdict.js';

/** Renders the report as one HTML file that needs nothing else. */
export async function renderPage(input: ReportInput): Promise<string> {
  const { name, manifest, verdict } = input;
  const made = manifest?.finished_at ?? manifest?.started_at;
  return renderShell({
    name,
    kind: 'Attune report',
    subtitle: verdict[0]?.verdict,
    aside: made && dateTime(made),
    sections: [
      verdictSection(input),
      ...(await scoreSections(input)),
      ...expertSections(input),
      ...judgeSections(input),
      ...peopleSections(input),
      ...(await stagesSection(input)),
      await trainingSection(input),
      ...answerSections(input),
      dataSection(input),
      runSection(input),
    ],
    footer: 'How scores, intervals and the verdict are made is described in docs/evaluation.md.',
    script,
  });
}
