/**
 * What a search for duplicates found.
 * @module
 */

/** Where an item stands: both count from 0, and a part's empty lines are counted. */
export interface Position {
  part: number;
  line: number;
}

/** An item that is removed. */
export interface Duplicate extends Position {
  id: string;
  /** Where the item stands that is kept in its place, which is never removed itself. */
  kept: Position;
  keptId: string;
  /** `exact`: equal to the kept one but for case and white space. */
  kind: 'exact' | 'near';
  /**
   * Similarity to the kept item, from 0 to 1; for conversations the least of context, question and answer. It is
   * below the threshold where a third item, which is removed too, is similar to both.
   */
  similarity: number;
}

/** A kept item and what is removed in favour of it, in source order. */
export interface Cluster {
  kept: Position & { id: string };
  removed: Duplicate[];
}

/** Number of clusters of a size; the kept item counts. */
export interface ClusterSize {
  size: number;
  clusters: number;
}

/** Removed lines, ascending, each with what is known of it at the same index. */
export interface RemovedLines {
  lines: Int32Array;
  kept: Int32Array;
  isExact: Uint8Array;
  similarities: Float64Array;
  ids: string[];
  keptIds: string[];
}

/** All duplicates of a list of parts, in compact form. */
export class DuplicateResult {
  readonly #starts: readonly number[];
  readonly #removed: RemovedLines;
  /** Number of items in all parts. */
  readonly items: number;

  /**
   * @param starts number of the first line of every part, and at the end the number of all lines
   * @internal
   */
  constructor(starts: readonly number[], items: number, removed: RemovedLines) {
    this.#starts = starts;
    this.items = items;
    this.#removed = removed;
  }

  /** Number of removed items. */
  get removed(): number {
    return this.#removed.lines.length;
  }

  /** Number of removed items that are equal to the one that is kept. */
  get exact(): number {
    return this.#removed.isExact.reduce((sum, value) => sum + value, 0);
  }

  /** Number of the other removed items. */
  get near(): number {
    return this.removed - this.exact;
  }

  /** The removed items in the order of the parts. */
  *duplicates(): Generator<Duplicate> {
    for (let index = 0; index < this.removed; index++) yield this.#duplicate(index);
  }

  /** The removed item at a position; `undefined` when the item there is kept. */
  find({ part, line }: Position): Duplicate | undefined {
    const wanted = this.#starts[part]! + line;
    const index = this.#lowerBound(wanted);
    return this.#removed.lines[index] === wanted ? this.#duplicate(index) : undefined;
  }

  /** Kept items with what was removed in favour of them, in the order of the kept items. */
  *clusters(): Generator<Cluster> {
    const { kept, keptIds } = this.#removed;
    const order = Array.from(kept.keys()).sort((a, b) => kept[a]! - kept[b]! || a - b);
    for (let from = 0; from < order.length; ) {
      const line = kept[order[from]!]!;
      let to = from;
      while (to < order.length && kept[order[to]!] === line) to++;
      yield {
        kept: { ...this.#position(line), id: keptIds[order[from]!]! },
        removed: order.slice(from, to).map((index) => this.#duplicate(index)),
      };
      from = to;
    }
  }

  /** How many clusters there are of each size, by size. */
  clusterSizes(): ClusterSize[] {
    const members = new Map<number, number>();
    for (const line of this.#removed.kept) members.set(line, (members.get(line) ?? 1) + 1);
    const sizes = new Map<number, number>();
    for (const size of members.values()) sizes.set(size, (sizes.get(size) ?? 0) + 1);
    return [...sizes].sort(([a], [b]) => a - b).map(([size, clusters]) => ({ size, clusters }));
  }

  #duplicate(index: number): Duplicate {
    const { lines, kept, isExact, similarities, ids, keptIds } = this.#removed;
    return {
      ...this.#position(lines[index]!),
      id: ids[index]!,
      kept: this.#position(kept[index]!),
      keptId: keptIds[index]!,
      kind: isExact[index] === 1 ? 'exact' : 'near',
      similarity: similarities[index]!,
    };
  }

  #position(line: number): Position {
    // Parts are few, and empty ones share their start with the next.
    const part = this.#starts.findLastIndex((start) => start <= line);
    return { part, line: line - this.#starts[part]! };
  }

  #lowerBound(line: number): number {
    const { lines } = this.#removed;
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lines[middle]! < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * For going through one part line by line: tells of a line, by its 0-based number, whether and why its item is removed.
 */
export function createDuplicateFilter(
  result: DuplicateResult,
  partIndex: number,
): (lineIndex: number) => Duplicate | undefined {
  return (line) => result.find({ part: partIndex, line });
}
