/**
 * Which examples begin with the same tokens: the tree from which rows with shared beginnings are laid out.
 * @module
 */
import { createHash } from 'node:crypto';
import type { TokenizedExample } from './tokenize.js';

/** A beginning that several examples share. */
export interface PrefixNode {
  /** The beginning that this one continues; absent for one that starts at the first token. */
  parent?: PrefixNode;
  /** The node's own tokens are `from` (inclusive) to `to` (exclusive) of any example below it. */
  from: number;
  to: number;
  /** Index of one such example. */
  example: number;
  /** How many examples begin with it. */
  examples: number;
}

/** Where an example hangs in the tree. */
export interface PrefixLeaf {
  /** Index of the example. */
  example: number;
  /** The longest shared beginning that it has; absent when it shares none. */
  parent?: PrefixNode;
  /** The beginning that tells its subject (the table or document of its question), see {@link contextOf}. */
  context?: PrefixNode;
}

/**
 * Shorter common beginnings are repeated instead of shared: a line of a template is no context, and every
 * segment makes rows harder to fill.
 */
const minimumSharedTokens = 16;

/**
 * Finds the beginnings that examples share, up to but not including their first supervised token, since a
 * shared segment holds no supervised token. Examples come back so that those with a common beginning stand
 * together; equal beginnings keep the given order.
 */
export function findSharedPrefixes(examples: readonly TokenizedExample[]): PrefixLeaf[] {
  const limits = examples.map(({ lossMask }) => lossMask.indexOf(1));
  const common = (a: number, b: number): number => {
    const left = examples[a]!.ids;
    const right = examples[b]!.ids;
    const limit = Math.min(limits[a]!, limits[b]!);
    let length = 0;
    while (length < limit && left[length] === right[length]) length++;
    return length;
  };
  const sorted = examples.map((_, index) => index);
  sorted.sort((a, b) => {
    const at = common(a, b);
    const left = at < limits[a]! ? examples[a]!.ids[at]! : -1;
    const right = at < limits[b]! ? examples[b]!.ids[at]! : -1;
    return left - right || a - b;
  });
  const commonWithPrevious = sorted.map((example, i) => (i === 0 ? 0 : common(sorted[i - 1]!, example)));

  const leaves: PrefixLeaf[] = [];
  /** Hangs `sorted[low..high)`, which have their first `at` tokens in common, below `parent`. */
  const hang = (low: number, high: number, at: number, parent: PrefixNode | undefined): void => {
    for (let i = low; i < high; ) {
      const example = sorted[i]!;
      let end = i + 1;
      let depth = limits[example]!;
      while (end < high && commonWithPrevious[end]! > at) {
        depth = Math.min(depth, commonWithPrevious[end++]!);
      }
      if (end === i + 1) {
        leaves.push({ example, parent, context: contextOf(parent, examples.length) });
      } else {
        const from = parent?.to ?? 0;
        const pays = depth - from >= minimumSharedTokens;
        const node = pays ? { parent, from, to: depth, example, examples: end - i } : parent;
        hang(i, end, depth, node);
      }
      i = end;
    }
  };
  hang(0, sorted.length, 0, undefined);
  return leaves;
}

/**
 * The beginning that tells what an example is about: the longest segment on its path that at most half of
 * all examples have. What more of them have (the system text) tells nothing apart.
 */
function contextOf(parent: PrefixNode | undefined, all: number): PrefixNode | undefined {
  let best: PrefixNode | undefined;
  for (let node = parent; node; node = node.parent) {
    if (node.examples * 2 <= all && (!best || node.to - node.from >= best.to - best.from)) best = node;
  }
  return best;
}

/** A short name for a shared beginning that depends on its tokens only, equal in all splits and runs. */
export function nameContext(node: PrefixNode, examples: readonly TokenizedExample[]): string {
  const ids = examples[node.example]!.ids.subarray(0, node.to);
  return createHash('sha256')
    .update(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength))
    .digest('hex')
    .slice(0, 16);
}
