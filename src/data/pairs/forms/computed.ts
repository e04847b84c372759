/**
 * Numbers that an analysis computes, rounded as it states them.
 * @module
 */

/** A computed number with two decimals at most; undefined where it rounds to nothing or is too large to say anything. */
export function rounded(value: number, largest = Number.POSITIVE_INFINITY): string | undefined {
  const text = String(Number(value.toFixed(2)));
  return Number(text) === 0 || Math.abs(value) > largest || text.includes('e') ? undefined : text;
}

/** A fraction as a percentage, `6.66%`. */
export function percentText(fraction: number): string | undefined {
  const text = rounded(fraction * 100, 1000);
  return text === undefined ? undefined : `${text}%`;
}
