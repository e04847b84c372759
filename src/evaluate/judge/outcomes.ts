/**
 * What a judge's replies about two systems come to.
 * @module
 */
import { groupBy } from '../group-by.js';
import type { Grade, Judgement, Preference } from './judgement.js';

/** The result of one item between two systems. */
export interface PairOutcome {
  id: string;
  task: string;
  group: string;
  a: string;
  b: string;
  outcome: 'a' | 'b' | 'tie';
  /** Whether both orders gave the same result. */
  consistent: boolean;
  /** Characters of the two answers. */
  lengths: [a: number, b: number];
}

/** The judgements about pairs. */
export const preferencesOf = (judgements: readonly Judgement[]): Preference[] =>
  judgements.filter((judgement) => judgement.kind === 'pairwise');

/** The grades among the judgements. */
export const gradesOf = (judgements: readonly Judgement[]): Grade[] =>
  judgements.filter((judgement) => judgement.kind === 'rubric');

/**
 * One outcome an item and pair. Within an order the votes' majority counts; a system wins where it is preferred in both
 * orders, and everything else is a tie, so that a judge who goes by the place of an answer decides nothing (Zheng et al.
 * 2023, arXiv 2306.05685, section 3.4). Replies that could not be read are no votes.
 */
export function pairOutcomes(preferences: readonly Preference[]): PairOutcome[] {
  const pairs = groupBy(preferences, ({ id, shown }) => JSON.stringify([id, ...[...shown].sort()]));
  return [...pairs.values()].map((votes) => {
    const { id, task, group, shown, lengths } = votes[0]!;
    const [a, b] = shown;
    const orders = [a, b].map((first) =>
      majority(
        votes.filter((vote) => vote.shown[0] === first),
        a,
      ),
    );
    const consistent = orders[0] === orders[1];
    return { id, task, group, a, b, outcome: consistent ? orders[0]! : 'tie', consistent, lengths };
  });
}

/** What the votes of one order come to. */
function majority(votes: readonly Preference[], a: string): 'a' | 'b' | 'tie' {
  let balance = 0;
  for (const { shown, preferred } of votes) {
    if (preferred !== 'first' && preferred !== 'second') continue;
    const winner = shown[preferred === 'first' ? 0 : 1];
    balance += winner === a ? 1 : -1;
  }
  if (balance === 0) return 'tie';
  return balance > 0 ? 'a' : 'b';
}
