/**
 * Which of the choices a written answer means.
 * @module
 */
import { normalisedTokens } from './scorers/normalise.js';

/**
 * Index of the choice that a text means, or undefined where it means none or several: the choice itself, or its letter
 * (`B`, `(b)`, `B. no`), or the only choice that stands in it as whole words.
 */
export function readChoice(text: string, choices: readonly string[]): number | undefined {
  const exact = choices.indexOf(text.trim());
  if (exact >= 0) return exact;
  const said = normalisedTokens(text).join(' ');
  const wanted = choices.map((choice) => normalisedTokens(choice).join(' '));
  // Nothing is left of "A", "+" or an empty answer; two of them are not the same for that.
  const same = said === '' ? -1 : wanted.indexOf(said);
  if (same >= 0) return same;
  const letter = /^\s*(?:answer\s*:\s*)?\(?([a-z])(?:\)|[.:]|\s*$)/i.exec(text)?.[1]?.toLowerCase();
  const place = letter === undefined ? -1 : letter.charCodeAt(0) - 97;
  if (place >= 0 && place < choices.length) return place;
  const found = wanted.flatMap((choice, index) =>
    choice !== '' && ` ${said} `.includes(` ${choice} `) ? [index] : [],
  );
  return found.length === 1 ? found[0] : undefined;
}
