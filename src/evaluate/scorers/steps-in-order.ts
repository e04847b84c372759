/**
 * Whether the steps that an answer names stand in the order of the document.
 * @module
 */
import { referenceTexts } from './exact-match.js';
import { documentOf } from './given-text.js';
import { type Mention, namedSteps, stepsOf } from './procedure-steps.js';
import type { Scorer } from './scorer.js';

/** Characters of an answer that are looked at. */
const readLength = 20_000;

/** What else has to hold. */
export interface StepSettings {
  /** Whether every step that the reference names has to be named. */
  complete: boolean;
}

/**
 * Scorer `steps_in_order`: 1 where the answer names numbered steps of the item's context in their order there.
 *
 * Steps are named by number (`step 4`, `steps 2 to 5`) or in words, of which three fifths have to be the step's. `Before A, B` and `A
 * after B` name B first. The numbers of the answer's own list count for nothing. 0 where a list of the answer holds an entry that is no
 * step of the context, where it names a step that is not there, and where it names fewer than two steps though the reference
 * names more. Undefined without numbered steps in the context, and where neither reference nor answer names two.
 */
export function stepsInOrder({ complete = false }: Partial<StepSettings> = {}): Scorer {
  return {
    name: 'steps_in_order',
    score({ text }, item) {
      const steps = stepsOf(documentOf(item) ?? '');
      if (steps.length < 2) return undefined;
      const { mentions, unknown } = namedSteps(text.slice(0, readLength), steps);
      const wanted = referenceTexts(item.reference).map((right) => namedSteps(right, steps).mentions);
      const several = wanted.some((right) => distinct(right) > 1);
      if (distinct(mentions) < 2 && unknown.length === 0) return several ? 0 : undefined;
      const isComplete = (right: readonly Mention[]): boolean =>
        right.every((step) => mentions.some((mention) => mention.some((index) => step.includes(index))));
      const ordered = unknown.length === 0 && inOrder(mentions);
      return Number(ordered && (!complete || wanted.some(isComplete)));
    },
  };
}

const distinct = (mentions: readonly Mention[]): number =>
  new Set(mentions.map((steps) => steps.join(' '))).size;

/** Whether one of the steps that each mention may mean can be chosen so that none goes back. */
function inOrder(mentions: readonly Mention[]): boolean {
  let last = -1;
  for (const steps of mentions) {
    const next = steps.find((index) => index >= last);
    if (next === undefined) return false;
    last = next;
  }
  return true;
}
