/**
 * Precision and recall of {@link findPersonalData} by kind.
 * @module
 */
import type { PersonalDataKind } from '../../recipe/data/privacy.js';
import type { PrivacyCase } from './cases.fixture.js';
import { findPersonalData } from './find.js';
import { formalKinds } from './finding.js';

/** What was found of one kind. */
export interface KindScore {
  kind: PersonalDataKind;
  /** Values that have to be found. */
  wanted: number;
  /** Of them found with exactly their beginning and end. */
  right: number;
  /** Found where nothing of the kind, or nothing with exactly these ends, stands. */
  wrong: number;
  precision: number;
  recall: number;
  /** Texts of the misses and the false alarms, for people. */
  faults: string[];
}

/** Scores every kind; a finding counts only where kind, beginning and end are right. */
export function measurePrivacy(cases: readonly PrivacyCase[]): KindScore[] {
  const scores = new Map(
    formalKinds.map((kind) => [kind, { kind, wanted: 0, right: 0, wrong: 0, faults: [] as string[] }]),
  );
  for (const { text, about, expected } of cases) {
    const key = ({ kind, start, end }: PrivacyCase['expected'][number]) => `${kind} ${start} ${end}`;
    const wanted = new Set(expected.map(key));
    for (const { kind } of expected) scores.get(kind)!.wanted++;
    for (const finding of findPersonalData(text)) {
      const score = scores.get(finding.kind)!;
      if (wanted.delete(key(finding))) score.right++;
      else {
        score.wrong++;
        score.faults.push(
          `false (${about}): ${JSON.stringify(text)} >> ${text.slice(finding.start, finding.end)}`,
        );
      }
    }
    for (const missed of wanted) {
      const kind = missed.split(' ')[0] as PersonalDataKind;
      scores.get(kind)!.faults.push(`missed (${about}): ${JSON.stringify(text)}`);
    }
  }
  return [...scores.values()].map((score) => ({
    ...score,
    precision: score.right / (score.right + score.wrong || 1),
    recall: score.right / (score.wanted || 1),
  }));
}

/** The table of docs/privacy.md. */
export function privacyTable(scores: readonly KindScore[]): string {
  return [
    '| Kind | Values | Found | False alarms | Precision | Recall |',
    '|---|---|---|---|---|---|',
    ...scores.map(
      ({ kind, wanted, right, wrong, precision, recall }) =>
        `| \`${kind}\` | ${wanted} | ${right} | ${wrong} | ${precision.toFixed(3)} | ${recall.toFixed(3)} |`,
    ),
  ].join('\n');
}
