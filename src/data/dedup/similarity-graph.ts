/**
 * Which items were found to be near-duplicates of each other.
 * @module
 */
import { IntegerList } from './integer-list.js';

/** The near-duplicates of every line. */
export interface Neighbours {
  /** Those of a line stand in `lines` and `similarities` from `starts[line]` to `starts[line + 1]`. */
  starts: Int32Array;
  lines: Int32Array;
  similarities: Float64Array;
}

/** Lines as nodes, pairs of near-duplicates as edges. */
export class SimilarityGraph {
  readonly #parents: Int32Array;
  /** Both ends of every edge, one after the other. */
  readonly #ends = new IntegerList();
  readonly #similarities: number[] = [];

  constructor(lines: number) {
    this.#parents = new Int32Array(lines);
    for (let line = 0; line < lines; line++) this.#parents[line] = line;
  }

  /** Adds a pair of near-duplicates. */
  add(one: number, other: number, similarity: number): void {
    this.#ends.push(one);
    this.#ends.push(other);
    this.#similarities.push(similarity);
    const a = this.#root(one);
    const b = this.#root(other);
    if (a !== b) this.#parents[Math.max(a, b)] = Math.min(a, b);
  }

  /** True when a chain of near-duplicates leads from one line to the other. */
  isConnected(one: number, other: number): boolean {
    return this.#root(one) === this.#root(other);
  }

  /** Sets of connected lines with more than one member, by their first line, members in order. */
  components(): number[][] {
    const byRoot = new Map<number, number[]>();
    for (let line = 0; line < this.#parents.length; line++) {
      const root = this.#root(line);
      if (root === line) continue;
      const members = byRoot.get(root);
      if (members) members.push(line);
      else byRoot.set(root, [root, line]);
    }
    return [...byRoot.values()].sort(([a], [b]) => a! - b!);
  }

  /** The graph by lines. */
  neighbours(): Neighbours {
    const { values, length } = this.#ends;
    const starts = new Int32Array(this.#parents.length + 1);
    for (let end = 0; end < length; end++) starts[values[end]! + 1]!++;
    for (let line = 0; line < this.#parents.length; line++) starts[line + 1]! += starts[line]!;
    const filled = starts.slice();
    const lines = new Int32Array(length);
    const similarities = new Float64Array(length);
    for (let end = 0; end < length; end++) {
      const at = filled[values[end]!]!++;
      lines[at] = values[end ^ 1]!;
      similarities[at] = this.#similarities[end >> 1]!;
    }
    return { starts, lines, similarities };
  }

  #root(line: number): number {
    const parents = this.#parents;
    let at = line;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }
}
