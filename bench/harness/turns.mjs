/**
 * Sides of a bench in turns.
 * @module
 */

/**
 * Runs every side once a round, in every second round in the opposite order, so that no side always follows the same other
 * one. A side that fails is left out from then on, with the reason; what it measured before is dropped.
 *
 * @template Result
 * @param {object} options
 * @param {number} options.rounds
 * @param {Record<string, () => Promise<Result>>} options.sides
 * @param {(side: string, result: Result) => string} options.describe a line for each result
 * @param {(line: string) => void} options.log
 * @returns {Promise<{ measured: Record<string, Result[]>; skipped: { side: string; reason: string }[] }>}
 */
export async function inTurns({ rounds, sides, describe, log }) {
  const measured = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  const skipped = [];
  const width = Math.max(...Object.keys(sides).map((side) => side.length));
  for (let round = 1; round <= rounds; round++) {
    const names = Object.keys(measured);
    for (const side of round % 2 ? names : names.reverse()) {
      try {
        const result = await sides[side]();
        measured[side].push(result);
        log(`round ${round} ${side.padEnd(width)} ${describe(side, result)}`);
      } catch (error) {
        delete measured[side];
        skipped.push({ side, reason: reasonOf(error) });
        log(`${side} failed and is left out: ${error.message.split('\n').slice(-6).join('\n')}`);
      }
    }
  }
  return { measured, skipped };
}

/** The line of a failed program's error output that says why; what stands around it is the place in the source. */
export function reasonOf({ message }) {
  const lines = message.trimEnd().split('\n');
  return (lines.findLast((line) => /^\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1)).trim();
}

/** Failures of our own sides, in words: a peer may be missing, Attune may not. */
export const ownFailures = (skipped) =>
  skipped
    .filter(({ side }) => side.startsWith('attune'))
    .map(({ side, reason }) => `${side} did not run: ${reason}`);
