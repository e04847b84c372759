/**
 * Use of the domain's terms.
 * @module
 */
import { normalised, wordsOf } from '../../data/pairs/checks/words.js';
import { referenceTexts } from './exact-match.js';
import type { Scorer } from './scorer.js';

interface Node {
  /** The term that ends here. */
  term?: number;
  next: Map<string, Node>;
}

/**
 * Whether an answer uses the terms that the reference uses: F1 of the sets of terms, the best over all references. A term counts once
 * however often it stands there; of terms within terms (`income` in `operating income`) only the longest counts. Case,
 * plural, possessive and hyphens make no difference. Undefined where neither answer nor reference has any term.
 *
 * @param terms words and sequences of words; forms of one term are one
 */
export function terminology(terms: readonly string[]): Scorer {
  const root: Node = { next: new Map() };
  for (const [index, term] of terms.entries()) {
    const words = stems(term);
    let node = root;
    for (const word of words) {
      const next = node.next.get(word) ?? { next: new Map() };
      node.next.set(word, next);
      node = next;
    }
    if (words.length > 0) node.term ??= index;
  }
  return {
    name: 'terminology',
    score({ text }, { reference }) {
      const said = termsIn(text, root);
      const wanted = referenceTexts(reference).map((right) => termsIn(right, root));
      const scores = wanted
        .filter((right) => said.size + right.size > 0)
        .map((right) => {
          const common = [...said].filter((term) => right.has(term)).length;
          return (2 * common) / (said.size + right.size);
        });
      return scores.length === 0 ? undefined : Math.max(...scores);
    },
  };
}

function termsIn(text: string, root: Node): Set<number> {
  const found = new Set<number>();
  const words = stems(text);
  for (let start = 0; start < words.length; ) {
    let node: Node | undefined = root;
    let longest = start + 1;
    let term: number | undefined;
    for (let end = start; node; end++) {
      if (node.term !== undefined) {
        term = node.term;
        longest = end;
      }
      node = node.next.get(words[end] ?? '');
    }
    if (term !== undefined) found.add(term);
    start = longest;
  }
  return found;
}

/** Lower-case words; hyphens part them, plural and possessive endings come off. */
function stems(text: string): string[] {
  return wordsOf(normalised(text))
    .flatMap((word) => word.replace(/'s?$/, '').split('-'))
    .map(singular);
}

/** Other endings stay, so that `account` and `accounting` are two terms. */
function singular(word: string): string {
  if (word.length < 4 || !/[^su]s$/.test(word) || /is$/.test(word)) return word;
  if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  return /(?:ch|sh|x|ss|z)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}
