/**
 * Normal and Student distributions, as exactly as the intervals need them (absolute error below 1e-12).
 * @module
 */

/**
 * Distribution function of the standard normal, by the series
 * Φ(x) = 1/2 + φ(x)·(x + x³/3 + x⁵/(3·5) + …) (Marsaglia, Journal of Statistical Software 11(4), 2004).
 */
export function normalCdf(x: number): number {
  if (x < -9) return 0;
  if (x > 9) return 1;
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > Math.abs(sum) * 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Quantile of the standard normal; infinite at 0 and 1. */
export function normalQuantile(probability: number): number {
  return quantile(normalCdf, probability);
}

/** Quantile of Student's t with `degreesOfFreedom` >= 1. */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  return quantile((t) => studentCdf(t, degreesOfFreedom), probability);
}

/** Distribution function of Student's t. */
export function studentCdf(t: number, degreesOfFreedom: number): number {
  const tail = regularizedBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/**
 * P(X <= successes) of the binomial distribution, by the incomplete beta function (DLMF 8.17.5), so that many
 * thousand trials neither overflow nor add up rounding errors.
 */
export function binomialCdf(successes: number, trials: number, chance: number): number {
  if (successes >= trials) return 1;
  return regularizedBeta(1 - chance, trials - successes, successes + 1);
}

/** Inverts a symmetric distribution function: widens a bracket, then halves it to the last bit. */
function quantile(cdf: (x: number) => number, probability: number): number {
  if (probability <= 0) return Number.NEGATIVE_INFINITY;
  if (probability >= 1) return Number.POSITIVE_INFINITY;
  let low = -1;
  let high = 1;
  while (cdf(low) > probability) low *= 2;
  while (cdf(high) < probability) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (cdf(middle) < probability) low = middle;
    else high = middle;
  }
}

/**
 * Regularized incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22), evaluated from
 * the front with the modified Lentz method; the symmetry I_x(a, b) = 1 - I_{1-x}(b, a) keeps it convergent.
 */
function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a);
  const smallest = 1e-300;
  const away = (value: number): number => (Math.abs(value) < smallest ? smallest : value);
  let fraction = 1;
  let c = 1;
  let d = 0;
  for (let m = 0; m < 10_000; m++) {
    // Two partial numerators a round; the very first one of the fraction is 1.
    const odd = -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    const even = ((m + 1) * (b - m - 1) * x) / ((a + 2 * m + 1) * (a + 2 * m + 2));
    let change = 1;
    for (const numerator of [odd, even]) {
      d = 1 / away(1 + numerator * d);
      c = away(1 + numerator / c);
      fraction *= c * d;
      change = Math.max(Math.abs(c * d - 1), change === 1 ? 0 : change);
    }
    if (change < 1e-16) break;
  }
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) - (logGamma(a) + logGamma(b) - logGamma(a + b)),
  );
  return front / (a * fraction);
}

/** ln Γ(x) for x > 0: Stirling's series above 12, reached by the recurrence Γ(x) = Γ(x+1)/x (DLMF 5.11.1). */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 12) shift -= Math.log(y++);
  const z = 1 / (y * y);
  const series = (1 / 12 + z * (-1 / 360 + z * (1 / 1260 + z * (-1 / 1680 + z * (1 / 1188))))) / y;
  return shift + (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series;
}
