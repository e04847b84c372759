/**
 * Exact comparison of sets of 32-bit hashes.
 * @module
 */

/** Part of a list that stands for the set of its elements, in any order and perhaps more than once. */
export interface SetRange {
  list: Int32Array;
  from: number;
  to: number;
}

/** Sizes of what two sets have in common and apart. */
export interface Overlap {
  shared: number;
  onlyFirst: number;
  onlySecond: number;
}

/** Share of the union that two sets have in common; 1 for two empty sets. */
export function jaccard({ shared, onlyFirst, onlySecond }: Overlap): number {
  const union = shared + onlyFirst + onlySecond;
  return union === 0 ? 1 : shared / union;
}

/** Compares sets, always in the same memory: a hash table with open addressing. */
export class SetComparison {
  #elements = new Int32Array(1024);
  /** An entry is in use when its stamp is of the running comparison: `base + 1` first set only, `base + 2` met. */
  #stamps = new Int32Array(1024);
  #stamp = 0;

  compare(first: SetRange, second: SetRange): Overlap {
    this.#prepare(first.to - first.from + (second.to - second.from));
    const onlyInFirst = this.#stamp + 1;
    const met = this.#stamp + 2;
    this.#stamp = met;
    const elements = this.#elements;
    const stamps = this.#stamps;
    const mask = elements.length - 1;
    let onlyFirst = 0;
    for (let i = first.from; i < first.to; i++) {
      const element = first.list[i]!;
      let slot = element & mask;
      while (stamps[slot]! >= onlyInFirst && elements[slot] !== element) slot = (slot + 1) & mask;
      if (stamps[slot]! >= onlyInFirst) continue;
      elements[slot] = element;
      stamps[slot] = onlyInFirst;
      onlyFirst++;
    }
    let shared = 0;
    let onlySecond = 0;
    for (let i = second.from; i < second.to; i++) {
      const element = second.list[i]!;
      let slot = element & mask;
      while (stamps[slot]! >= onlyInFirst && elements[slot] !== element) slot = (slot + 1) & mask;
      if (stamps[slot] === met) continue;
      if (stamps[slot] === onlyInFirst) shared++;
      else onlySecond++;
      elements[slot] = element;
      stamps[slot] = met;
    }
    return { shared, onlyFirst: onlyFirst - shared, onlySecond };
  }

  /** Makes the table at most half full. */
  #prepare(elements: number): void {
    let size = this.#elements.length;
    while (size < elements * 2) size *= 2;
    if (size === this.#elements.length && this.#stamp < 0x7ffffff0) return;
    this.#elements = new Int32Array(size);
    this.#stamps = new Int32Array(size);
    this.#stamp = 0;
  }
}
