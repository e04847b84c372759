/**
 * An order of prompts in which those that begin alike stand together.
 * @module
 */

/** Compares token by token; a beginning comes before what it begins. */
export function compareTokens(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
