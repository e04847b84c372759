/**
 * White space as Python understands it, because sacreBLEU and lm-evaluation-harness split texts there.
 * @module
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts the four separators of ASCII as white space
const whiteSpace = /[\p{White_Space}\u001c-\u001f]+/u;

/** The words of a text, as `str.split()` gives them. */
export function splitWords(text: string): string[] {
  return text.split(whiteSpace).filter((word) => word !== '');
}

/** Pieces between white space, as `re.split(r'\s+')` counts them: one of an empty text, an empty one at either end. */
export function countPieces(text: string): number {
  return text.split(whiteSpace).length;
}

/** The text without the white space at its end, as `str.rstrip()` gives it. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && whiteSpace.test(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}
