/**
 * The name that was probably meant.
 * @module
 */

/**
 * Number of single-letter insertions, removals, replacements and swaps of neighbours that turn `a` into `b`
 * (optimal string alignment, the restricted form of Damerau's distance).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, current[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

/**
 * The name nearest to `name`, or undefined when none is near: at most a third of the letters may differ,
 * unless one name begins with the other (`epochs` for `num_train_epochs` is found by its words).
 */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const wanted = normalise(name);
  let best: { name: string; distance: number } | undefined;
  for (const candidate of names) {
    const plain = normalise(candidate);
    const related =
      wanted.length >= 4 && (plain.includes(wanted) || wanted.includes(plain)) && plain.length >= 4;
    const distance = related ? 1 : editDistance(wanted, plain);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, plain.length) / 3));
    if (distance <= limit && (!best || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name;
}

const normalise = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, '');
