/**
 * The JSON in an answer.
 * @module
 */

/** The text between the first pair of code fences, or the text itself where there is none; white space around it removed. */
export function withoutFence(text: string): string {
  const open = text.indexOf('```');
  const line = open < 0 ? -1 : text.indexOf('\n', open);
  const close = line < 0 ? -1 : text.indexOf('```', line);
  return (close < 0 ? text : text.slice(line + 1, close)).trim();
}

/** The value of a text that is JSON as a whole; undefined, which no JSON says, where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The JSON of an answer: the whole text, the first code fence, or else the first object or array that stands in the
 * prose. Undefined where there is none.
 */
export function findJson(text: string): unknown {
  const inner = withoutFence(text);
  const whole = parseJson(inner);
  if (whole !== undefined) return whole;
  let tries = 0;
  for (let start = inner.search(/[{[]/); start >= 0 && tries < mostTries; tries++) {
    const end = closingBracket(inner, start);
    const found = end < 0 ? undefined : parseJson(inner.slice(start, end + 1));
    if (found !== undefined) return found;
    const next = inner.slice((end < 0 ? start : end) + 1).search(/[{[]/);
    start = next < 0 ? -1 : (end < 0 ? start : end) + 1 + next;
  }
  return undefined;
}

/** More brackets that open nothing are not prose. */
const mostTries = 20;

/** Index of the bracket that closes the one at `start`, those in strings left out; -1 where there is none. */
function closingBracket(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return index;
  }
  return -1;
}
