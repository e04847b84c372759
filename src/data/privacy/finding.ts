/**
 * Where personal data stands in a text.
 * @module
 */
import { type PersonalDataKind, personalDataKinds } from '../../recipe/data/privacy.js';

/** One piece of personal data in a text. */
export interface Finding {
  kind: PersonalDataKind;
  /** First UTF-16 unit. */
  start: number;
  /** Behind the last UTF-16 unit. */
  end: number;
}

/** Of two findings on the same characters, the kind that stands earlier here is the more specific one. */
const bySpecificity: readonly PersonalDataKind[] = [
  'url_credentials',
  'secret',
  'date_of_birth',
  'national_id',
  'medical_record_number',
  'passport',
  'driving_licence',
  'iban',
  'card',
  'email',
  'ip',
  'phone',
  'name',
];

const rank = new Map(bySpecificity.map((kind, index) => [kind, index]));

/**
 * Findings that do not overlap, in order. Of overlapping ones the longest stays, of equally long ones the most
 * specific; a name that only overlaps something of a known form gives way.
 */
export function resolveOverlaps(findings: readonly Finding[]): Finding[] {
  const ordered = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Finding[] = [];
  let group: Finding[] = [];
  let groupEnd = -1;
  for (const finding of ordered) {
    if (finding.start >= groupEnd) {
      kept.push(...pickFrom(group));
      group = [];
    }
    group.push(finding);
    groupEnd = Math.max(groupEnd, finding.end);
  }
  kept.push(...pickFrom(group));
  return kept;
}

function pickFrom(group: Finding[]): Finding[] {
  if (group.length < 2) return group;
  const wanted = [...group].sort(
    (a, b) =>
      Number(a.kind === 'name') - Number(b.kind === 'name') ||
      b.end - b.start - (a.end - a.start) ||
      rank.get(a.kind)! - rank.get(b.kind)! ||
      a.start - b.start,
  );
  /** In order of place. */
  const kept: Finding[] = [];
  for (const finding of wanted) {
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (kept[middle]!.start < finding.start) low = middle + 1;
      else high = middle;
    }
    const clear = (kept[low - 1]?.end ?? 0) <= finding.start && (kept[low]?.start ?? Infinity) >= finding.end;
    if (clear) kept.splice(low, 0, finding);
  }
  return kept;
}

/** Every kind but `name`, which is not found by its form. */
export const formalKinds: readonly PersonalDataKind[] = personalDataKinds.filter((kind) => kind !== 'name');
