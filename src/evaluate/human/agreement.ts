/**
 * Whether raters agree beyond chance.
 * @module
 */
import { groupBy } from '../group-by.js';
import type { Interval, ResamplingSettings } from '../statistics/bootstrap.js';
import {
  krippendorffAlpha,
  krippendorffInterval,
  type MeasurementLevel,
  type UnitRatings,
} from '../statistics/krippendorff.js';
import { type Counted, preferenceOf } from './counted.js';
import { decisionKey, type Study, systemsOf } from './study-file.js';

/** Agreement of the raters on one thing. */
export interface Agreement {
  /** `preference` (this one, the other, or neither), or the name of a criterion. */
  on: string;
  level: MeasurementLevel;
  /** Krippendorff's alpha; absent where no two raters decided the same, or everybody said the same of everything. */
  alpha?: number;
  interval?: Interval;
  /** Share of the pairs of raters on one unit that said the same; absent where there is no such pair. */
  same?: number;
  /** What two raters or more decided: pairs of answers, or answers. */
  units: number;
}

/** The decisions of several raters on the same answers, by what was decided; in the order of the first rater. */
export function unitsOf(decisions: readonly Counted[]): Counted[][] {
  const byAnswers = groupBy(decisions, ({ assignment }) =>
    decisionKey(assignment.item, systemsOf(assignment)),
  );
  return [...byAnswers.values()].filter((unit) => unit.length > 1);
}

/** Krippendorff's alpha of the preference (nominal), or of every criterion (ordinal), over what two raters decided. */
export function agreement(
  { form, criteria, systems }: Study,
  decisions: readonly Counted[],
  settings: ResamplingSettings,
): Agreement[] {
  const units = unitsOf(decisions);
  const groups = units.map(([first]) => first!.item.group);
  const measure = (on: string, level: MeasurementLevel, codeOf: (decision: Counted) => number): Agreement => {
    const ratings: UnitRatings[] = units.map((unit) => unit.map(codeOf));
    const alpha = krippendorffAlpha(ratings, level);
    return {
      on,
      level,
      ...(alpha !== undefined && { alpha, interval: krippendorffInterval(ratings, level, settings, groups) }),
      ...(units.length > 0 && { same: shareOfSame(ratings) }),
      units: units.length,
    };
  };
  if (form === 'pairwise') {
    const outcomes = ['a', 'b', 'tie'];
    return [
      measure('preference', 'nominal', (decision) =>
        outcomes.indexOf(preferenceOf(decision, systems)!.outcome),
      ),
    ];
  }
  return criteria.map(({ name }) =>
    measure(name, 'ordinal', ({ rating }) => (rating as { scores: Record<string, number> }).scores[name]!),
  );
}

function shareOfSame(units: readonly UnitRatings[]): number {
  let same = 0;
  let pairs = 0;
  for (const unit of units) {
    for (const [place, value] of unit.entries()) {
      for (const other of unit.slice(place + 1)) {
        pairs += 1;
        if (value === other) same += 1;
      }
    }
  }
  return same / pairs;
}
