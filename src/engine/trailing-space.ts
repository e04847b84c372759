/**
 * White space at the end of a prompt, which lm-evaluation-harness moves to the continuation.
 * @module
 */

/** What Python's `str.isspace` takes for white space; `trim` differs from it in six characters. */
function isSpace(character: string): boolean {
  const code = character.charCodeAt(0);
  return code === 0x85 || (code >= 0x1c && code <= 0x1f) || (code !== 0xfeff && character.trim() === '');
}

/** Divides a text before the white space at its end. */
export function splitTrailingSpace(text: string): [text: string, space: string] {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1]!)) end--;
  return [text.slice(0, end), text.slice(end)];
}
