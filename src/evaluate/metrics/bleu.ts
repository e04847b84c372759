/**
 * BLEU: word n-grams that answers and references share.
 * @module
 */
import type { Metric } from './metric.js';
import { countNgrams, sharedNgrams } from './ngrams.js';
import { words13a } from './words-13a.js';

const orders = [1, 2, 3, 4];

/**
 * Corpus BLEU (Papineni et al., *BLEU: a method for automatic evaluation of machine translation*, ACL 2002) as sacreBLEU
 * computes it by default (Post, *A call for clarity in reporting BLEU scores*, WMT 2018): tokenizer 13a, case kept, n-grams
 * up to four words, exponential smoothing of orders without a match, brevity penalty. A share: 0.345 is BLEU 34.5. Every
 * item is compared with the text of its reference, other right texts are not looked at.
 *
 * Terms: items, words of the answer, words of the reference, shared n-grams by order, the answer's n-grams by order.
 */
export const bleu: Metric = {
  name: 'bleu',
  label: 'BLEU',
  higherIsBetter: true,
  unit: 'share',
  terms({ answer, reference }) {
    const said = words13a(answer);
    const wanted = words13a(reference);
    return [
      1,
      said.length,
      wanted.length,
      ...orders.map((order) => sharedNgrams(ngramsOf(said, order), ngramsOf(wanted, order))),
      ...orders.map((order) => Math.max(0, said.length - order + 1)),
    ];
  },
  value(sums) {
    const [items, said, wanted] = [sums[0]!, sums[1]!, sums[2]!];
    if (items === 0) return Number.NaN;
    const matches = orders.map((order) => sums[2 + order]!);
    const totals = orders.map((order) => sums[6 + order]!);
    // Without a single match there is nothing to smooth; without n-grams of some order the mean has a zero in it.
    if (matches.every((count) => count === 0) || totals.includes(0)) return 0;
    let smoothing = 1;
    let logs = 0;
    for (const [index, count] of matches.entries()) {
      if (count === 0) smoothing *= 2;
      logs += Math.log((count === 0 ? 1 / smoothing : count) / totals[index]!);
    }
    const brevity = said < wanted ? Math.exp(1 - wanted / said) : 1;
    return brevity * Math.exp(logs / orders.length);
  },
};

function ngramsOf(words: readonly string[], order: number): ReturnType<typeof countNgrams> {
  const starts = Math.max(0, words.length - order + 1);
  return countNgrams(
    Array.from({ length: starts }, (_, start) => words.slice(start, start + order).join(' ')),
  );
}
