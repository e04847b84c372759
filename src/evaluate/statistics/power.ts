/**
 * How small a difference can be seen with these items, and how many items a difference needs.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { normalQuantile, studentQuantile } from './distributions.js';
import type { PairedComparison } from './paired.js';

/** How sure a finding has to be, and how surely a true difference has to be found. */
export interface PowerSettings {
  /** Level of the interval that the verdict rests on, for example 0.95. */
  confidence: number;
  /** Chance of finding the difference, by default 0.8. */
  power?: number;
}

/** What the size of a study rests on: a {@link PairedComparison}, or {@link plannedComparison} before any run. */
export type StudySize = Pick<PairedComparison, 'n' | 'groups' | 'effectiveGroups' | 'standardError'>;

/**
 * Smallest true difference that the items would show with the wanted power:
 *
 *     (t(1 - α/2) + t(power)) · standard error of the paired difference, α = 1 - confidence
 *
 * with Student's quantiles of G-1 degrees of freedom for G effective groups (Bloom, Evaluation Review 19(5), 1995). The
 * standard error is the clustered one, so that groups whose items are alike count as they should.
 *
 * @returns in the unit of the difference; infinite for fewer than two groups
 */
export function minimumDetectableEffect(
  { effectiveGroups, standardError }: Pick<StudySize, 'effectiveGroups' | 'standardError'>,
  settings: PowerSettings,
): number {
  return multiplier(effectiveGroups, settings) * standardError;
}

/**
 * Items and groups that a difference needs to be found with the wanted power: the least G with
 * (t(1 - α/2) + t(power)) · SE · sqrt(G₀/G) ≤ difference, where G₀ groups gave the standard error SE. Groups keep
 * their mean size, and by that their design effect 1 + (m - 1)·ρ (Kish, Survey Sampling, 1965): more items about the
 * same documents would not do.
 *
 * @param difference in the unit of the standard error; its sign does not matter
 * @throws AttuneError for a difference of 0, which no number of items shows
 */
export function requiredItems(
  difference: number,
  { n, groups, effectiveGroups, standardError }: StudySize,
  settings: PowerSettings,
): { items: number; groups: number } {
  const wanted = Math.abs(difference);
  if (!(wanted > 0)) {
    throw new AttuneError('no number of items shows a difference of 0', {
      fix: 'ask for a difference above 0',
    });
  }
  const least = (count: number): number =>
    multiplier((count * effectiveGroups) / groups, settings) * standardError * Math.sqrt(groups / count);
  if (!Number.isFinite(standardError)) return { items: Infinity, groups: Infinity };
  let high = 2;
  while (least(high) > wanted) high *= 2;
  let low = Math.max(2, high / 2);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (least(middle) <= wanted) high = middle;
    else low = middle + 1;
  }
  return { items: Math.ceil((high * n) / groups - 1e-9), groups: high };
}

/** What is assumed of right-or-wrong scores before any run. */
export interface PlanningAssumptions {
  items: number;
  /** Share of items that only one of the two systems has right; where nothing is known, 0.2 to 0.4 is usual. */
  discordant: number;
  /** Items of a group, by default 1. */
  groupSize?: number;
  /** Correlation of the differences within a group (intra-class), from 0 to 1, by default 0. */
  intraclass?: number;
}

/**
 * The standard error to expect of right-or-wrong scores:
 *
 *     sqrt(discordant / items · (1 + (groupSize - 1)·intraclass))
 *
 * The variance of one item's difference is discordant - difference² (Connor, Biometrics 43, 1987), here
 * without the square, which is small and errs on the careful side; the second factor is the design effect (Kish 1965).
 */
export function plannedComparison({
  items,
  discordant,
  groupSize = 1,
  intraclass = 0,
}: PlanningAssumptions): StudySize {
  const designEffect = 1 + (groupSize - 1) * intraclass;
  const groups = Math.max(1, Math.round(items / groupSize));
  return {
    n: items,
    groups,
    effectiveGroups: groups,
    standardError: Math.sqrt((discordant / items) * designEffect),
  };
}

function multiplier(groups: number, { confidence, power = 0.8 }: PowerSettings): number {
  if (!(groups > 1)) return Number.POSITIVE_INFINITY;
  // Beyond that Student's quantile is the normal one to four digits.
  const quantile = (probability: number): number =>
    groups > 10_000 ? normalQuantile(probability) : studentQuantile(probability, Math.max(1, groups - 1));
  return quantile((1 + confidence) / 2) + quantile(power);
}
