/**
 * Figures of a text that the quality rules judge by: words, lines, and what repeats.
 * @module
 */

/** Words as the published rules count them: parted by white space. */
export function wordsOf(text: string): string[] {
  return text.match(/\S+/g) ?? [];
}

/** Lines that hold something. */
export function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

/** Paragraphs, parted by blank lines. */
export function paragraphsOf(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

/** Share of a list for which something holds; 0 for an empty list. */
export function shareOf<T>(list: readonly T[], holds: (item: T) => boolean): number {
  return list.length === 0 ? 0 : list.filter(holds).length / list.length;
}

/** How much of a list of texts repeats an earlier one: as a share of the texts, and of their characters. */
export function duplicates(parts: readonly string[]): { share: number; characters: number } {
  const seen = new Set<string>();
  let count = 0;
  let characters = 0;
  let all = 0;
  for (const part of parts) {
    all += part.length;
    if (seen.has(part)) {
      count++;
      characters += part.length;
    } else seen.add(part);
  }
  return {
    share: parts.length === 0 ? 0 : count / parts.length,
    characters: all === 0 ? 0 : characters / all,
  };
}

/** Share of a text's letters in its most frequent sequence of `n` words; 0 where every sequence occurs once. */
export function topSequenceShare(words: readonly string[], n: number): number {
  const counts = new Map<string, number>();
  let top = 0;
  let length = 0;
  for (let i = 0; i + n <= words.length; i++) {
    const sequence = words.slice(i, i + n).join(' ');
    const count = (counts.get(sequence) ?? 0) + 1;
    counts.set(sequence, count);
    const letters = sequence.length - n + 1;
    if (count > 1 && count * letters > top * length) {
      top = count;
      length = letters;
    }
  }
  return (top * length) / lettersOf(words);
}

/** Share of a text's letters in sequences of `n` words that occurred before; overlapping ones count once. */
export function repeatedSequenceShare(words: readonly string[], n: number): number {
  const seen = new Set<string>();
  let repeated = 0;
  for (let i = 0; i + n <= words.length; ) {
    const sequence = words.slice(i, i + n).join(' ');
    if (seen.has(sequence)) {
      repeated += sequence.length - n + 1;
      i += n;
    } else {
      seen.add(sequence);
      i++;
    }
  }
  return repeated / lettersOf(words);
}

function lettersOf(words: readonly string[]): number {
  return Math.max(
    1,
    words.reduce((sum, word) => sum + word.length, 0),
  );
}
