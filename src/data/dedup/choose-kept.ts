/**
 * Decides which of several near-duplicates are kept.
 * @module
 */
import type { Verdicts } from './pair-verifier.js';
import type { Neighbours, SimilarityGraph } from './similarity-graph.js';

/** Kept items of one set of connected near-duplicates at most; what is left after that is kept too. */
const mostKept = 32;

/** Removed lines with the lines that are kept in their place. */
export interface Removals {
  removed: number[];
  kept: number[];
  similarities: number[];
}

type Verify = (pairs: Int32Array) => Promise<Verdicts>;

/**
 * Goes through each set of connected near-duplicates: the first line by `compare` is kept, and what is its
 * near-duplicate, or a near-duplicate of such a one, is removed. The rest begins anew. So a chain of small changes,
 * at whose ends stand different texts, is not removed as a whole.
 *
 * @param compare orders lines by which one is rather kept
 * @param verify compares pairs of lines
 */
export async function chooseKept(
  graph: SimilarityGraph,
  compare: (one: number, other: number) => number,
  verify: Verify,
): Promise<Removals> {
  const neighbours = graph.neighbours();
  const keptFor = new Map<number, number>();
  let open = graph.components().map((members) => members.sort(compare));
  for (let round = 0; round < mostKept && open.length > 0; round++) {
    const rests: number[][] = [];
    const pairs: number[] = [];
    for (const [kept, ...others] of open) {
      const waiting = new Set(others);
      for (const line of withinTwoSteps(kept!, waiting, neighbours)) keptFor.set(line, kept!);
      const rest = others.filter((line) => !keptFor.has(line));
      rests.push(rest);
      for (const line of rest) pairs.push(line, kept!);
    }
    // Not every similar pair was compared before: the kept one is compared with all that is left.
    const { areDuplicates } = await verify(Int32Array.from(pairs));
    let pair = 0;
    open = rests
      .map((rest) =>
        rest.filter((line) => {
          const kept = pairs[pair * 2 + 1]!;
          if (areDuplicates[pair++] === 0) return true;
          keptFor.set(line, kept);
          return false;
        }),
      )
      .filter((rest) => rest.length > 1);
  }
  return withSimilarities(keptFor, neighbours, verify);
}

/** Near-duplicates of `start` and their near-duplicates, as far as they are `among` the given lines. */
function withinTwoSteps(
  start: number,
  among: ReadonlySet<number>,
  { starts, lines }: Neighbours,
): Set<number> {
  const near = (line: number): number[] =>
    [...lines.subarray(starts[line], starts[line + 1])].filter((other) => among.has(other));
  const found = new Set(near(start));
  for (const line of [...found]) for (const other of near(line)) found.add(other);
  return found;
}

async function withSimilarities(
  keptFor: ReadonlyMap<number, number>,
  { starts, lines, similarities: known }: Neighbours,
  verify: Verify,
): Promise<Removals> {
  const removed = [...keptFor.keys()].sort((a, b) => a - b);
  const kept: number[] = [];
  const similarities: number[] = [];
  const unknown: number[] = [];
  for (const [index, line] of removed.entries()) {
    kept.push(keptFor.get(line)!);
    const end = starts[line + 1]!;
    let at = starts[line]!;
    while (at < end && lines[at] !== kept[index]) at++;
    similarities.push(at < end ? known[at]! : 0);
    if (at === end) unknown.push(index);
  }
  const pairs = Int32Array.from(unknown.flatMap((index) => [removed[index]!, kept[index]!]));
  const verdicts = await verify(pairs);
  for (const [pair, index] of unknown.entries()) similarities[index] = verdicts.similarities[pair]!;
  return { removed, kept, similarities };
}
