import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bleu } from './bleu.js';
import { chrf } from './chrf.js';
import { figureOf } from './metric.js';
import { golden, scoredItem, sumTerms } from './metrics.fixture.js';
import { words13a } from './words-13a.js';

const { pairs, corpora } = golden.overlap;
const item = ({ answer, reference }: { answer: string; reference: string }) =>
  scoredItem({ answer, reference });

describe('words13a', () => {
  it.each(pairs.flatMap(({ answer, words_13a }) => [[answer, words_13a] as const]))('%j', (text, words) => {
    expect(words13a(text)).toEqual(words);
  });

  it.each(['-', '.', ',', ' ', '&', '\n', '1', '-\n', '<skipped>', '&amp;'])(
    'is quick on 100 kB of %j',
    (piece) => {
      const text = piece.repeat(1e5 / piece.length);
      expect(words13a(`${text}x`).join('').length).toBeLessThanOrEqual(text.length + 1);
    },
  );
});

describe.each([
  ['bleu', bleu],
  ['chrf', chrf],
] as const)('%s', (name, metric) => {
  it.each(corpora.map((corpus) => [corpus.pairs.join(' ').slice(0, 30), corpus] as const))(
    'is what sacreBLEU gives for the pairs %s',
    (_, corpus) => {
      const figure = figureOf(
        metric,
        corpus.pairs.map((index) => item(pairs[index]!)),
      );
      expect(Math.abs(figure - corpus[name] / 100)).toBeLessThan(1e-12);
    },
  );

  it('is 1 for equal texts of enough words, 0 for nothing in common, NaN without items', () => {
    const text = 'four words are enough';
    expect(figureOf(metric, [item({ answer: text, reference: text })])).toBe(1);
    expect(figureOf(metric, [item({ answer: text, reference: 'ZZZ XXX' })])).toBe(0);
    expect(metric.value(new Float64Array(sumTerms(metric, [item(pairs[0]!)]).length))).toBeNaN();
  });

  it('lies between 0 and 1, does not depend on the order, and parts add up to the whole', () => {
    const words = fc.array(fc.constantFrom('net', 'sales', '12.4%', '😀', 'é', '.', '-', '\n'), {
      maxLength: 30,
    });
    const pair = fc.record({
      answer: words.map((list) => list.join(' ')),
      reference: words.map((list) => list.join(' ')),
    });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), fc.nat(), (drawn, cut) => {
        const items = drawn.map(item);
        const figure = figureOf(metric, items);
        expect(figure).toBeGreaterThanOrEqual(0);
        expect(figure).toBeLessThanOrEqual(1);
        expect(figureOf(metric, [...items].reverse())).toBe(figure);
        const place = cut % items.length;
        const [first, second] = [items.slice(0, place), items.slice(place)];
        const whole = sumTerms(metric, items);
        const rest = sumTerms(metric, second);
        const sums = place === 0 ? rest : sumTerms(metric, first).map((sum, index) => sum + rest[index]!);
        expect(sums).toEqual(whole);
      }),
    );
  });
});
