/**
 * Text as the scorers compare it.
 * @module
 */

/**
 * Words of a text after the normalisation of the SQuAD evaluation (Rajpurkar et al., arXiv 1606.05250): lower
 * case, no punctuation, no articles. Numbers keep sign, decimal point and percent sign, and lose thousands commas
 * and currency signs, as in TAT-QA's evaluation.
 */
export function normalisedTokens(text: string): string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‐‑‒–—−]/g, '-')
    .split(/\s+/)
    .flatMap((word) => numberToken(word) ?? word.replace(/[^\p{L}\p{N}]+/gu, ' ').split(' '))
    .filter((word) => word !== '' && word !== 'a' && word !== 'an' && word !== 'the');
}

/** A figure in one spelling, `[number]`, or undefined for any other word. */
function numberToken(word: string): string[] | undefined {
  const parts = /^["'([]*?(\(?)(-?)[$€£]?(-?)(\d+(?:,+\d+)*(?:\.\d+)?|\.\d+)\)?(%?)\)?[.,;:!?"')\]]*$/.exec(
    word,
  );
  if (!parts) return undefined;
  const negative = parts[1] || parts[2] || parts[3] ? '-' : '';
  return [`${negative}${Number(parts[4]!.replaceAll(',', ''))}${parts[5]}`];
}
