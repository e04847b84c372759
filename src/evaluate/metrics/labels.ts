/**
 * Which class of a classification an answer names.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import { readChoice } from '../read-choice.js';
import { normalisedTokens } from '../scorers/normalise.js';

/**
 * Index of the label that a system gave, or `labels.length` where it gave none of them, or several.
 *
 * Of multiple choice it is the label of the picked choice. Its text is what counts; where the system wrote something
 * else (a letter), the choices are taken to stand in the order of the labels. A written answer is read like a
 * choice: the label itself, its letter, or the only label that stands in it.
 */
export function labelOf(item: ScoredItem, labels: readonly string[]): number {
  const { answer, choice, reference_choice } = item;
  const truth = wantedLabelOf(item, labels);
  if (choice !== undefined && choice === reference_choice && truth !== undefined) return truth;
  const named = labelNamed(answer, labels);
  if (named !== undefined) return named;
  if (choice !== undefined && truth === reference_choice && choice < labels.length) return choice;
  return readChoice(answer, labels) ?? labels.length;
}

/** Index of the right label; undefined where the item's reference is none of the labels. */
export function wantedLabelOf(
  { reference, reference_choice }: ScoredItem,
  labels: readonly string[],
): number | undefined {
  const named = labelNamed(reference, labels);
  if (named !== undefined) return named;
  return reference_choice !== undefined && reference_choice < labels.length ? reference_choice : undefined;
}

/** The label that the text is: as it stands, or in the scorers' normal form. */
function labelNamed(text: string, labels: readonly string[]): number | undefined {
  const exact = labels.indexOf(text.trim());
  if (exact >= 0) return exact;
  const normal = normalisedTokens(text).join(' ');
  if (normal === '') return undefined;
  const index = labels.findIndex((label) => normalisedTokens(label).join(' ') === normal);
  return index >= 0 ? index : undefined;
}
