/**
 * chrF: character n-grams that answers and references share.
 * @module
 */
import type { Metric } from './metric.js';
import { countNgrams, type NgramCounts, sharedNgrams } from './ngrams.js';
import { splitWords } from './white-space.js';

const orders = [1, 2, 3, 4, 5, 6];

/** Recall counts this much squared as precision. */
const beta = 2;

/**
 * Corpus chrF2 (Popović, *chrF: character n-gram F-score for automatic MT evaluation*, WMT 2015) as sacreBLEU computes it
 * by default: n-grams up to six characters without white space, case kept, no words. Precision and recall are the means
 * over the orders of which both sides have n-grams. A share: 0.582 is chrF 58.2. Every item is compared with the text of
 * its reference, other right texts are not looked at.
 *
 * Terms: items, then by order the answer's n-grams (0 where the reference has none), the reference's, and the shared ones.
 */
export const chrf: Metric = {
  name: 'chrf',
  label: 'chrF',
  higherIsBetter: true,
  unit: 'share',
  terms({ answer, reference }) {
    const said = joinWords(answer);
    const wanted = joinWords(reference);
    const counts = orders.flatMap((order) => {
      const references = Math.max(0, wanted.length - order);
      const answers = references === 0 ? 0 : Math.max(0, said.length - order);
      return [answers, references, sharedNgrams(ngramsOf(said, order), ngramsOf(wanted, order))];
    });
    return [1, ...counts];
  },
  value(sums) {
    if (sums[0] === 0) return Number.NaN;
    let precision = 0;
    let recall = 0;
    for (const order of orders) {
      const [said, wanted, shared] = [sums[3 * order - 2]!, sums[3 * order - 1]!, sums[3 * order]!];
      if (said === 0 || wanted === 0) continue;
      precision += shared / said;
      recall += shared / wanted;
    }
    if (precision === 0) return 0;
    const effective = orders.filter((order) => sums[3 * order - 2]! > 0 && sums[3 * order - 1]! > 0).length;
    return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall) / effective;
  },
};

/** A text without white space. */
interface Characters {
  text: string;
  /** Where each code point begins, and the end of the text. */
  starts: readonly number[];
  length: number;
}

function joinWords(line: string): Characters {
  const text = splitWords(line).join('');
  const starts = [0];
  for (const character of text) starts.push(starts.at(-1)! + character.length);
  return { text, starts, length: starts.length };
}

function ngramsOf({ text, starts }: Characters, order: number): NgramCounts {
  const count = Math.max(0, starts.length - order);
  return countNgrams(
    Array.from({ length: count }, (_, index) => text.slice(starts[index]!, starts[index + order]!)),
  );
}
