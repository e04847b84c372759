/**
 * Which prompts are answered together: those that begin with the same tokens share that beginning's work.
 * @module
 */
import type { PromptBatch, PromptGroup } from './prompt-batch.js';

/** Beginnings shorter than this are computed for each prompt; sharing them would not pay its bookkeeping. */
const MINIMUM_SHARED = 16;

/** A prompt as tokens. */
export interface TokenizedPrompt {
  id: string;
  ids: number[];
}

/**
 * Batches of at most `batchSize` prompts. Prompts are sorted by their tokens, so that those with a long common
 * beginning stand together and form a group; groups of similar size share a batch.
 */
export function batchPrompts(prompts: readonly TokenizedPrompt[], batchSize: number): PromptBatch[] {
  const sorted = [...prompts].sort((a, b) => compare(a.ids, b.ids));
  const root = sorted.length > 1 ? common(sorted[0]!.ids, sorted.at(-1)!.ids) : 0;
  const rootLength = root >= MINIMUM_SHARED ? Math.min(root, ...sorted.map(({ ids }) => ids.length - 1)) : 0;
  const groups = groupBySubject(sorted, rootLength, batchSize);
  // Of groups of one size, those with rests of similar length stand together: little is padding.
  groups.sort((a, b) => b.members.length - a.members.length || longestRest(b) - longestRest(a));
  const batches: PromptBatch[] = [];
  for (let i = 0; i < groups.length; ) {
    const count = Math.max(1, Math.floor(batchSize / groups[i]!.members.length));
    batches.push({ root: sorted[0]!.ids.slice(0, rootLength), groups: groups.slice(i, i + count) });
    i += count;
  }
  return batches;
}

function longestRest({ members }: PromptGroup): number {
  return Math.max(...members.map(({ rest }) => rest.length));
}

/** Neighbours belong together while they share at least half of what stands behind the root. */
function groupBySubject(
  sorted: readonly TokenizedPrompt[],
  rootLength: number,
  batchSize: number,
): PromptGroup[] {
  const groups: PromptGroup[] = [];
  let current: TokenizedPrompt[] = [];
  let shared = 0;
  const flush = (): void => {
    if (current.length === 0) return;
    const length = current.length > 1 && shared - rootLength >= MINIMUM_SHARED ? shared : rootLength;
    groups.push({
      prefix: current[0]!.ids.slice(rootLength, length),
      members: current.map(({ id, ids }) => ({ id, rest: ids.slice(length) })),
    });
    current = [];
  };
  for (const prompt of sorted) {
    const first = current[0];
    const length = first ? Math.min(shared, common(first.ids, prompt.ids), prompt.ids.length - 1) : 0;
    const belongs =
      first && current.length < batchSize && length - rootLength >= (prompt.ids.length - rootLength) / 2;
    if (!belongs) flush();
    shared = belongs ? length : prompt.ids.length - 1;
    current.push(prompt);
  }
  flush();
  return groups;
}

function common(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = common(a, b);
  return (a[at] ?? -1) - (b[at] ?? -1);
}
