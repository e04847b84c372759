/**
 * What raters saw differently, for talking about it.
 * @module
 */
import { unitsOf } from './agreement.js';
import { type Counted, preferenceOf } from './counted.js';
import { showQuestion } from './shown-item.js';
import type { Study } from './study-file.js';

/** What one rater said. */
export interface Opinion {
  rater: string;
  /** Name of the preferred system, `equal` or `both_bad`; of a pairwise study. */
  preferred?: string;
  /** Of a rubric. */
  scores?: Record<string, number>;
  comment?: string;
}

/** Answers that raters judged differently. */
export interface Disagreement {
  item: string;
  task: string;
  question: string;
  /** The two answers, or the one that was scored with every system that gave it. */
  answers: { systems: string[]; text: string }[];
  /**
   * Mean over all pairs of raters, from 0 (the same) to 1: of a preference 1 for opposite sides and 0.5 for a side against
   * a tie, of a rubric the distance of the scores as a share of the scale, averaged over the criteria.
   */
  spread: number;
  opinions: Opinion[];
}

/** All answers that were judged differently, those that differ most first. */
export function disagreements(study: Study, decisions: readonly Counted[]): Disagreement[] {
  return unitsOf(decisions)
    .map((unit) => describe(study, unit))
    .filter(({ spread }) => spread > 0)
    .sort((a, b) => b.spread - a.spread);
}

function describe(study: Study, unit: readonly Counted[]): Disagreement {
  const { item, assignment } = unit[0]!;
  const text = (system: string): string => item.answers[study.systems.indexOf(system)]!;
  const shown =
    'systems' in assignment
      ? [assignment.systems]
      : study.systems
          .filter((name) => name === assignment.left || name === assignment.right)
          .map((name) => [name]);
  const places = unit.map((decision) => placeOf(study, decision));
  return {
    item: item.id,
    task: item.task,
    question: showQuestion(item.prompt).question,
    answers: shown.map((systems) => ({ systems, text: text(systems[0]!) })),
    spread: meanDistance(places),
    opinions: unit.map((decision) => opinion(study, decision)),
  };
}

/** A decision as numbers from 0 to 1. */
function placeOf({ systems, criteria }: Study, decision: Counted): number[] {
  const { rating } = decision;
  if (rating && 'scores' in rating) {
    return criteria.map(({ name, scale }) => (rating.scores[name]! - 1) / (scale - 1));
  }
  return [{ a: 0, tie: 0.5, b: 1 }[preferenceOf(decision, systems)!.outcome]];
}

function meanDistance(places: readonly number[][]): number {
  let sum = 0;
  let count = 0;
  for (const [index, own] of places.entries()) {
    for (const other of places.slice(index + 1)) {
      for (const [criterion, value] of own.entries()) {
        sum += Math.abs(value - other[criterion]!);
        count += 1;
      }
    }
  }
  return count > 0 ? sum / count : 0;
}

function opinion({ systems }: Study, decision: Counted): Opinion {
  const { rater, rating } = decision;
  const comment = rating?.comment ? { comment: rating.comment } : {};
  if (rating && 'scores' in rating) return { rater, scores: rating.scores, ...comment };
  const { a, b, outcome } = preferenceOf(decision, systems)!;
  const tie = rating && 'choice' in rating ? rating.choice : 'equal';
  return { rater, preferred: { a, b, tie }[outcome], ...comment };
}
