/**
 * The strengths under which observed wins are likeliest.
 * @module
 */

/**
 * Finds log-strengths of mean 0, which the next call overwrites, from two numbers a pair of systems: what the first won
 * against the second and the second against the first.
 */
export type StrengthFit = (wins: ArrayLike<number>) => Float64Array;

/** Half a win and half a loss against an imaginary average system. */
const prior = 0.5;
/** Steps end when no log-odds moved by more; the error is then of the order of its square. */
const tolerance = 1e-6;
/** Far more than are needed; each step raises the likelihood. */
const mostSteps = 200;

/**
 * Maximises the likelihood of the Bradley-Terry model, `prior` included, by Newton's method.
 *
 * The step is shortened to log(1 + R) / R of its length, R being the most by which it changes the log-odds of any two
 * systems, the imaginary one included. The second derivative along the step then grows at most by e^R
 * (Bach, Electronic Journal of Statistics 4, 2010, section 2), so the likelihood never falls; near the maximum the step
 * is whole.
 *
 * @param pairs places of the two systems of each pair
 * @param size systems in all
 * @param start log-strengths to begin with
 */
export function strengthFit(
  pairs: readonly (readonly [number, number])[],
  size: number,
  start: ArrayLike<number>,
): StrengthFit {
  const strengths = new Float64Array(size);
  const step = new Float64Array(size);
  /** Negative second derivatives, the lower triangle row by row. */
  const curvature = new Float64Array(size ** 2);
  return (wins) => {
    strengths.set(start);
    for (let round = 0; round < mostSteps; round++) {
      curvature.fill(0);
      for (let own = 0; own < size; own++) {
        const chance = chanceOf(strengths[own]!);
        step[own] = prior - 2 * prior * chance;
        curvature[own * size + own] = 2 * prior * chance * (1 - chance);
      }
      for (let pair = 0; pair < pairs.length; pair++) {
        const [first, second] = pairs[pair]!;
        const games = wins[2 * pair]! + wins[2 * pair + 1]!;
        const chance = chanceOf(strengths[first]! - strengths[second]!);
        const slope = wins[2 * pair]! - games * chance;
        const bend = games * chance * (1 - chance);
        step[first]! += slope;
        step[second]! -= slope;
        curvature[first * size + first]! += bend;
        curvature[second * size + second]! += bend;
        curvature[Math.max(first, second) * size + Math.min(first, second)]! -= bend;
      }
      solve(curvature, step);
      let [least, most] = [0, 0];
      for (let own = 0; own < size; own++) {
        least = Math.min(least, step[own]!);
        most = Math.max(most, step[own]!);
      }
      const reach = most - least;
      const length = reach > 0 ? Math.log1p(reach) / reach : 1;
      for (let own = 0; own < size; own++) strengths[own]! += length * step[own]!;
      if (reach <= tolerance) break;
    }
    let sum = 0;
    for (let own = 0; own < size; own++) sum += strengths[own]!;
    for (let own = 0; own < size; own++) strengths[own]! -= sum / size;
    return strengths;
  };
}

/** Chance of winning against an average system. */
export function chanceOf(logStrength: number): number {
  return 1 / (1 + Math.exp(-logStrength));
}

/**
 * Solves a symmetric positive definite system by Cholesky's decomposition.
 *
 * @param matrix lower triangle row by row, overwritten
 * @param right right side, becomes the solution
 */
function solve(matrix: Float64Array, right: Float64Array): void {
  const size = right.length;
  for (let row = 0; row < size; row++) {
    let rest = right[row]!;
    for (let column = 0; column <= row; column++) {
      let value = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) value -= matrix[row * size + k]! * matrix[column * size + k]!;
      if (column === row) {
        matrix[row * size + row] = Math.sqrt(value);
        right[row] = rest / matrix[row * size + row]!;
      } else {
        matrix[row * size + column] = value / matrix[column * size + column]!;
        rest -= matrix[row * size + column]! * right[column]!;
      }
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    right[row]! /= matrix[row * size + row]!;
    for (let column = 0; column < row; column++) {
      right[column]! -= matrix[row * size + column]! * right[row]!;
    }
  }
}
