import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelAccuracy, macroF1, mcc, weightedF1 } from './classification.js';
import { labelOf, wantedLabelOf } from './labels.js';
import { figureOf } from './metric.js';
import { golden, scoredItem, sumTerms } from './metrics.fixture.js';

const all = { label_accuracy: labelAccuracy, macro_f1: macroF1, weighted_f1: weightedF1, mcc };
const names = Object.keys(all) as (keyof typeof all)[];

const itemsOf = (labels: readonly string[], wanted: readonly number[], given: readonly number[]) =>
  wanted.map((label, index) =>
    scoredItem({ reference: labels[label]!, answer: labels[given[index]!] ?? 'none of these' }),
  );

describe.each(names)('%s', (name) => {
  it.each(golden.classifications.map((each, index) => [index, each] as const))(
    'is what scikit-learn gives for case %i',
    (_, { labels, wanted, given, ...figures }) => {
      expect(figureOf(all[name](labels), itemsOf(labels, wanted, given))).toBeCloseTo(figures[name], 12);
    },
  );

  it('keeps its bounds, and does not depend on the order of items or labels', () => {
    const labels = ['yes', 'no', 'maybe'];
    const answers = fc.array(fc.tuple(fc.nat(2), fc.nat(3)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(answers, (drawn) => {
        const items = itemsOf(
          labels,
          drawn.map(([wanted]) => wanted),
          drawn.map(([, given]) => given),
        );
        const figure = figureOf(all[name](labels), items);
        expect(figure).toBeGreaterThanOrEqual(name === 'mcc' ? -1 : 0);
        expect(figure).toBeLessThanOrEqual(1 + 1e-12);
        expect(figureOf(all[name](labels), [...items].reverse())).toBeCloseTo(figure, 12);
        expect(figureOf(all[name]([...labels].reverse()), items)).toBeCloseTo(figure, 12);
      }),
    );
  });

  it('leaves items out whose reference is no label, and is NaN without items', () => {
    const metric = all[name](['yes', 'no']);
    expect(metric.terms(scoredItem({ reference: 'maybe', answer: 'yes' }))).toBeUndefined();
    expect(metric.value([0, 0, 0, 0, 0, 0])).toBeNaN();
  });
});

it('counts an answer that names no label neither as right nor as given', () => {
  const items = [scoredItem({ reference: 'no', answer: 'I cannot say' })];
  expect(sumTerms(macroF1(['yes', 'no']), items)).toEqual([0, 0, 0, 0, 0, 1]);
});

describe('labelOf', () => {
  const labels = ['yes', 'no', 'maybe'];
  const given = (fields: Parameters<typeof scoredItem>[0]) => labelOf(scoredItem(fields), labels);

  it.each([
    ['the label', 'no', 1],
    ['another case and punctuation', ' No. ', 1],
    ['a sentence that holds one', 'The answer is maybe.', 2],
    ['a letter', '(b)', 1],
    ['a sentence that holds two', 'yes or no', 3],
    ['something else', 'perhaps', 3],
    ['nothing', '', 3],
  ])('reads %s', (_, answer, label) => {
    expect(given({ answer, reference: 'yes' })).toBe(label);
  });

  it('takes the picked choice, whatever the order of the choices', () => {
    expect(given({ answer: 'no', choice: 1, reference: 'yes', reference_choice: 0 })).toBe(1);
    expect(given({ answer: 'no', choice: 0, reference: 'yes', reference_choice: 2 })).toBe(1);
    expect(given({ answer: 'C', choice: 2, reference: 'yes', reference_choice: 2 })).toBe(0);
    expect(given({ answer: 'It is C, I think: C.', choice: 2, reference: 'no', reference_choice: 1 })).toBe(
      2,
    );
    // Here the item's own choices stand in another order, so the index says nothing.
    expect(given({ answer: 'It is C, I think: C.', choice: 2, reference: 'no', reference_choice: 0 })).toBe(
      3,
    );
  });

  it('knows labels of which the normal form keeps nothing', () => {
    expect(labelOf(scoredItem({ answer: 'A', reference: 'B' }), ['A', 'B'])).toBe(0);
    expect(labelOf(scoredItem({ answer: '-', reference: '+' }), ['+', '-'])).toBe(1);
    expect(labelOf(scoredItem({ answer: '', reference: '+' }), ['+', '-'])).toBe(2);
    expect(labelOf(scoredItem({ answer: '', reference: 'A' }), ['A', 'B'])).toBe(2);
  });
});

describe('wantedLabelOf', () => {
  it('goes by the text, then by the index of the right choice', () => {
    const labels = ['A', 'B'];
    expect(wantedLabelOf(scoredItem({ reference: 'B', reference_choice: 0 }), labels)).toBe(1);
    expect(wantedLabelOf(scoredItem({ reference: 'a rise', reference_choice: 1 }), labels)).toBe(1);
    expect(wantedLabelOf(scoredItem({ reference: 'a rise', reference_choice: 2 }), labels)).toBeUndefined();
    expect(wantedLabelOf(scoredItem({ reference: 'a rise' }), labels)).toBeUndefined();
  });
});

const medicine = '../shared/data/medicine';
describe.skipIf(!existsSync(medicine))(
  "PubMedQA's test split (skipped without ../shared/data/medicine)",
  () => {
    it('gives the published figures of its human annotators: accuracy 78.0, macro-F1 72.2', () => {
      const read = (name: string) => JSON.parse(readFileSync(`${medicine}/${name}`, 'utf8'));
      const truth: Record<string, string> = read('pubmedqa_test_ground_truth.json');
      const articles: Record<string, { reasoning_required_pred: string }> = read('pubmedqa_ori_pqal.json');
      const items = Object.entries(truth).map(([id, reference]) =>
        scoredItem({ reference, answer: articles[id]!.reasoning_required_pred }),
      );
      const labels = ['yes', 'no', 'maybe'];
      expect((100 * figureOf(labelAccuracy(labels), items)).toFixed(1)).toBe('78.0');
      expect((100 * figureOf(macroF1(labels), items)).toFixed(1)).toBe('72.2');
    });
  },
);
