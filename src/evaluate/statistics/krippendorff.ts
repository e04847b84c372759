/**
 * Krippendorff's alpha: agreement of any number of raters, who need not have rated everything.
 * @module
 */
import { bootstrapEstimate, type Interval, type ResamplingSettings } from './bootstrap.js';
import { type Clusters, clusterTerms } from './clusters.js';

/** What the numbers mean: names, ranks, or amounts. */
export type MeasurementLevel = 'nominal' | 'ordinal' | 'interval';

/** Ratings of one unit, a place a rater; undefined where the rater left it out. */
export type UnitRatings = readonly (number | undefined)[];

/**
 * Krippendorff's alpha (Content Analysis, 4th edition 2018, chapter 12): 1 - observed / expected disagreement, from
 * the matrix of coincidences. 1 is full agreement, 0 that of chance.
 *
 * @param units ratings by unit; a unit with fewer than two ratings says nothing and is left out
 * @returns undefined where no unit has two ratings, or where all ratings are the same
 */
export function krippendorffAlpha(
  units: readonly UnitRatings[],
  level: MeasurementLevel,
): number | undefined {
  const { clusters, alpha } = coincidences(units, level);
  const value = alpha(clusters.totals);
  return Number.isNaN(value) ? undefined : value;
}

/**
 * Interval of alpha from resampling whole groups of units ({@link bootstrapEstimate}). Unlike the algorithm in
 * Krippendorff's book, which draws single disagreements, this draws what would be drawn again: units.
 *
 * @param groups group of each unit; by default each unit stands alone
 */
export function krippendorffInterval(
  units: readonly UnitRatings[],
  level: MeasurementLevel,
  settings: ResamplingSettings,
  groups: readonly string[] = units.map((_, index) => `${index}`),
): Interval {
  const { clusters, alpha } = coincidences(units, level, groups);
  return bootstrapEstimate(clusters, alpha, { low: -1, high: 1 }, settings).interval;
}

/** Coincidence matrices of the units by group, one behind the other, and alpha from their sum. */
function coincidences(
  units: readonly UnitRatings[],
  level: MeasurementLevel,
  groups?: readonly string[],
): { clusters: Clusters; alpha: (sums: Float64Array) => number } {
  const rated = units.flatMap((unit, index) => {
    const ratings = unit.filter((rating) => rating !== undefined);
    return ratings.length > 1 ? [{ ratings, group: groups?.[index] ?? '' }] : [];
  });
  const values = [...new Set(rated.flatMap(({ ratings }) => ratings))].sort((a, b) => a - b);
  const places = new Map(values.map((value, place) => [value, place]));
  const terms = rated.map(({ ratings }) => coincidenceMatrix(ratings, places));
  const clusters = clusterTerms(
    terms,
    rated.map(({ group }) => group),
  );
  return { clusters, alpha: (sums) => alphaOf(sums, values, level) };
}

/** Pairs of values within one unit, each unit weighing as much as it has ratings. */
function coincidenceMatrix(ratings: readonly number[], places: ReadonlyMap<number, number>): Float64Array {
  const size = places.size;
  const matrix = new Float64Array(size ** 2);
  for (const [first, value] of ratings.entries()) {
    for (const [second, other] of ratings.entries()) {
      if (first === second) continue;
      matrix[places.get(value)! * size + places.get(other)!]! += 1 / (ratings.length - 1);
    }
  }
  return matrix;
}

function alphaOf(matrix: Float64Array, values: readonly number[], level: MeasurementLevel): number {
  const size = values.length;
  const margins = values.map((_, row) => {
    let sum = 0;
    for (let column = 0; column < size; column++) sum += matrix[row * size + column]!;
    return sum;
  });
  const total = margins.reduce((sum, margin) => sum + margin, 0);
  const distance = distances(values, margins, level);
  let observed = 0;
  let expected = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      const apart = distance(row, column);
      observed += matrix[row * size + column]! * apart;
      expected += margins[row]! * margins[column]! * apart;
    }
  }
  // The same value everywhere: 0 / 0.
  return expected > 0 ? 1 - ((total - 1) * observed) / expected : Number.NaN;
}

/** Squared differences of two values; of ranks by how many ratings lie between them. */
function distances(
  values: readonly number[],
  margins: readonly number[],
  level: MeasurementLevel,
): (row: number, column: number) => number {
  if (level === 'nominal') return () => 1;
  if (level === 'interval') return (row, column) => (values[row]! - values[column]!) ** 2;
  let below = 0;
  const middles = margins.map((margin) => {
    below += margin;
    return below - margin / 2;
  });
  return (row, column) => (middles[row]! - middles[column]!) ** 2;
}
