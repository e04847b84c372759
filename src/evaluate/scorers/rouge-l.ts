/**
 * How much of the reference's wording stands in an answer, in its order.
 * @module
 */
import { referenceTexts } from './exact-match.js';
import { porterStem } from './porter-stemmer.js';
import type { Scorer } from './scorer.js';

/**
 * ROUGE-L (Lin, *ROUGE: a package for automatic evaluation of summaries*, 2004): F1 of the longest common subsequence of
 * words, the whole text as one sentence, as Google's package `rouge_score` computes it without a stemmer. Words are
 * runs of a-z and 0-9 after lower-casing, so the score says nothing about text in other scripts. The best of several
 * references counts.
 */
export const rougeL: Scorer = rouge('rouge_l', (word) => word);

/** The same with `use_stemmer=True`: words longer than three letters are compared by their stems. */
export const rougeLStemmed: Scorer = rouge('rouge_l_stemmed', (word) =>
  word.length > 3 ? porterStem(word) : word,
);

function rouge(name: string, form: (word: string) => string): Scorer {
  const wordsOf = (text: string): string[] => (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).map(form);
  return {
    name,
    score({ text }, { reference }) {
      const said = wordsOf(text);
      return Math.max(...referenceTexts(reference).map((wanted) => subsequenceF1(said, wordsOf(wanted))));
    },
  };
}

function subsequenceF1(said: readonly string[], wanted: readonly string[]): number {
  const common = commonSubsequence(said, wanted);
  return common === 0 ? 0 : (2 * common) / (said.length + wanted.length);
}

/** Length of the longest common subsequence, by the usual table of which one row is kept. */
function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  const ids = new Map<string, number>();
  const numbered = (words: readonly string[]): Int32Array =>
    Int32Array.from(words, (word) => {
      const id = ids.get(word) ?? ids.size;
      ids.set(word, id);
      return id;
    });
  const [rows, columns] = [numbered(a), numbered(b)];
  const lengths = new Int32Array(columns.length + 1);
  for (const word of rows) {
    let diagonal = 0;
    for (let column = 1; column <= columns.length; column++) {
      const above = lengths[column]!;
      lengths[column] = columns[column - 1] === word ? diagonal + 1 : Math.max(above, lengths[column - 1]!);
      diagonal = above;
    }
  }
  return lengths[columns.length]!;
}
