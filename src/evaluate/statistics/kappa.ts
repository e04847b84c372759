/**
 * Cohen's kappa: agreement of two raters beyond chance.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { bootstrapEstimate, type Interval, type ResamplingSettings } from './bootstrap.js';
import { clusterTerms } from './clusters.js';

/** How far apart two grades are. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

/** How grades are compared. */
export interface KappaOptions {
  /** `none` for names; `linear` or `quadratic` distances of ranks for ordinal grades. By default `none`. */
  weights?: KappaWeights;
  /**
   * Grades from the lowest to the highest, also such as nobody gave. By default those that were given, as
   * numbers where all are numbers, otherwise in the order of their characters.
   */
  grades?: readonly string[];
}

/** Agreement of two raters. */
export interface Kappa {
  /** 1 for full agreement, 0 for that of chance; NaN where both raters use one and the same grade only. */
  kappa: number;
  /** Share of items with the same grade; with weights, their mean weight. */
  agreement: number;
  n: number;
  /** Of kappa for independent items, by its asymptotic formula. */
  standardError: number;
}

/**
 * Cohen's kappa (Educational and Psychological Measurement 20, 1960), or weighted kappa (Psychological Bulletin 70,
 * 1968), with the large-sample standard error of Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969).
 *
 * @param a grade of each item by one rater
 * @param b grade of the same items by the other
 * @throws AttuneError for a grade that is not among `grades`
 */
export function cohenKappa(a: readonly string[], b: readonly string[], options: KappaOptions = {}): Kappa {
  const table = makeTable(a, b, options);
  const shares = confusion(table).map((count) => count / a.length);
  const { observed, expected, kappa } = fromShares(shares, table);
  return {
    kappa,
    agreement: observed,
    n: a.length,
    standardError: Math.sqrt(asymptoticVariance(shares, table, observed, expected) / a.length),
  };
}

/**
 * Interval of kappa from resampling whole groups of items ({@link bootstrapEstimate}).
 *
 * @param groups group of each item; items that stand alone have one of their own
 */
export function kappaInterval(
  a: readonly string[],
  b: readonly string[],
  groups: readonly string[],
  settings: ResamplingSettings,
  options: KappaOptions = {},
): Interval {
  const table = makeTable(a, b, options);
  const cells = table.first.map((row, item) => {
    const terms = new Float64Array(table.size ** 2);
    terms[row * table.size + table.second[item]!] = 1;
    return terms;
  });
  const clusters = clusterTerms(cells, groups);
  const kappaOf = (sums: Float64Array): number => {
    const n = sums.reduce((sum, count) => sum + count, 0);
    return fromShares(
      sums.map((count) => count / n),
      table,
    ).kappa;
  };
  return bootstrapEstimate(clusters, kappaOf, { low: -1, high: 1 }, settings).interval;
}

/** Ranks of both raters' grades, and the weight of agreement of two ranks: 1 on the diagonal. */
interface Table {
  size: number;
  first: number[];
  second: number[];
  weight(row: number, column: number): number;
}

function makeTable(
  a: readonly string[],
  b: readonly string[],
  { weights = 'none', grades = sortedGrades([...a, ...b]) }: KappaOptions,
): Table {
  const ranks = new Map(grades.map((grade, rank) => [grade, rank]));
  const rankOf = (grade: string): number => {
    const rank = ranks.get(grade);
    if (rank === undefined) {
      throw new AttuneError(`the grade "${grade}" is none of ${grades.join(', ')}`, {
        fix: 'name all grades from the lowest to the highest',
      });
    }
    return rank;
  };
  const size = grades.length;
  const power = { none: 0, linear: 1, quadratic: 2 }[weights];
  const weight = (row: number, column: number): number => {
    if (row === column) return 1;
    return 1 - (Math.abs(row - column) / (size - 1)) ** power;
  };
  return { size, first: a.map(rankOf), second: b.map(rankOf), weight };
}

function sortedGrades(given: readonly string[]): string[] {
  const grades = [...new Set(given)];
  const numeric = grades.every((grade) => grade.trim() !== '' && Number.isFinite(Number(grade)));
  return numeric ? grades.sort((x, y) => Number(x) - Number(y)) : grades.sort();
}

function confusion({ size, first, second }: Table): Float64Array {
  const counts = new Float64Array(size ** 2);
  for (const [item, row] of first.entries()) counts[row * size + second[item]!]! += 1;
  return counts;
}

function fromShares(
  shares: Float64Array,
  { size, weight }: Table,
): { observed: number; expected: number; kappa: number } {
  const { rows, columns } = margins(shares, size);
  let observed = 0;
  let expected = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      observed += weight(row, column) * shares[row * size + column]!;
      expected += weight(row, column) * rows[row]! * columns[column]!;
    }
  }
  const kappa = expected < 1 - 1e-12 ? (observed - expected) / (1 - expected) : Number.NaN;
  return { observed, expected, kappa };
}

function margins(shares: Float64Array, size: number): { rows: Float64Array; columns: Float64Array } {
  const rows = new Float64Array(size);
  const columns = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      rows[row]! += shares[row * size + column]!;
      columns[column]! += shares[row * size + column]!;
    }
  }
  return { rows, columns };
}

/** Variance of kappa times the number of items, formula 10 of Fleiss, Cohen and Everitt (1969). */
function asymptoticVariance(
  shares: Float64Array,
  { size, weight }: Table,
  observed: number,
  expected: number,
): number {
  const { rows, columns } = margins(shares, size);
  const rowWeights = new Float64Array(size);
  const columnWeights = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      rowWeights[row]! += weight(row, column) * columns[column]!;
      columnWeights[column]! += weight(row, column) * rows[row]!;
    }
  }
  let sum = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const own = weight(row, column) * (1 - expected);
      const chance = (rowWeights[row]! + columnWeights[column]!) * (1 - observed);
      sum += shares[row * size + column]! * (own - chance) ** 2;
    }
  }
  const correction = (observed * expected - 2 * expected + observed) ** 2;
  return (sum - correction) / (1 - expected) ** 4;
}
